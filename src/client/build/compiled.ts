import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';

interface Loaded {
  exports: unknown;
}
type ModuleFunction = (
  exports: unknown,
  require: (id: string) => unknown,
  module: Loaded,
  file: string,
  folder: string
) => void;

/**
 * Runs a CommonJS bundle whose files lie in one folder, from the code that {@link compileAhead} left beside them. Another
 * Node than the one of the build does not take that code and compiles the source, as without it.
 */
export function runCompiled(folder: string, entry: string): void {
  const outside = createRequire(join(folder, entry));
  const loaded = new Map<string, Loaded>();
  const load = (name: string): unknown => {
    const known = loaded.get(name);
    if (known) return known.exports;
    const module: Loaded = { exports: {} };
    loaded.set(name, module);
    const file = join(folder, name);
    const run = scriptOf(file, codeOf(file)).runInThisContext() as ModuleFunction;
    run(
      module.exports,
      (id) => (id.startsWith('./') ? load(id.slice(2)) : (outside(id) as unknown)),
      module,
      file,
      folder
    );
    return module.exports;
  };
  load(entry);
}

/** Compiles a file of a bundle whole, functions that nobody called yet too, and keeps the code beside it. */
export function compileAhead(file: string): void {
  // V8 compares the flags of both sides, so the one that makes it compile everything holds only for this moment.
  setFlagsFromString('--no-lazy');
  const script = scriptOf(file, undefined);
  setFlagsFromString('--lazy');
  writeFileSync(codeFile(file), script.createCachedData());
}

/** A file of a bundle as a function of what CommonJS gives a module. */
export function scriptOf(file: string, cachedData: Buffer | undefined): vm.Script {
  const source = readFileSync(file, 'utf8');
  return new vm.Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: file,
    ...(cachedData ? { cachedData } : {}),
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
}

export function codeOf(file: string): Buffer | undefined {
  try {
    return readFileSync(codeFile(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function codeFile(file: string): string {
  return `${file}.code`;
}
