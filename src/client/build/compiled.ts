import { createHash } from 'node:crypto';
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
 * Runs a CommonJS bundle whose files lie in one folder, from the code that {@link compileAhead} left beside them. Code
 * of another source or Node, or that is damaged, is not taken: then the source is compiled, as without it.
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
    const source = readFileSync(file, 'utf8');
    const run = scriptOf(file, source, codeOf(file, source)).runInThisContext() as ModuleFunction;
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
  const source = readFileSync(file, 'utf8');
  // V8 compares the flags of both sides, so the one that makes it compile everything holds only for this moment.
  setFlagsFromString('--no-lazy');
  const script = scriptOf(file, source, undefined);
  setFlagsFromString('--lazy');
  const code = script.createCachedData();
  writeFileSync(codeFile(file), Buffer.concat([seal(source, code), code]));
}

/** The source of a file of a bundle as a function of what CommonJS gives a module. */
export function scriptOf(file: string, source: string, cachedData: Buffer | undefined): vm.Script {
  return new vm.Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: file,
    ...(cachedData ? { cachedData } : {}),
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
}

/** The code that was compiled ahead of exactly this source, by this Node; undefined when there is none to trust. */
export function codeOf(file: string, source: string): Buffer | undefined {
  let kept: Buffer;
  try {
    kept = readFileSync(codeFile(file));
  } catch {
    // Missing, unreadable or no file: the source runs without it, only later.
    return undefined;
  }
  const code = kept.subarray(sealBytes);
  return seal(source, code).equals(kept.subarray(0, sealBytes)) ? code : undefined;
}

const sealBytes = 20;

/** V8 itself compares only the length of the source, and dies of damaged code: so the seal is over all that matters. */
function seal(source: string, code: Buffer): Buffer {
  const maker = `${process.version} ${process.arch} ${Buffer.byteLength(source)}\n`;
  return createHash('sha1').update(maker).update(source).update(code).digest();
}

function codeFile(file: string): string {
  return `${file}.code`;
}
