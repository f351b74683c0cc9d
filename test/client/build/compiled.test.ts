import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { codeOf, compileAhead, runCompiled } from '../../../src/client/build/compiled.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compiled-'));
  write(
    'main.cjs',
    "const { twice } = require('./part.cjs'); globalThis.seen = [twice(21), require('node:path').sep];"
  );
  write('part.cjs', 'exports.twice = (n) => 2 * n;');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  Reflect.deleteProperty(globalThis, 'seen');
});

function write(name: string, source: string): void {
  writeFileSync(join(folder, name), source);
}

/** In a process of its own: this one has compiled the same source before, and its flags are those of a test runner. */
function rejected(file: string): string {
  const compiled = join(import.meta.dirname, '../../../dist/src/client/build/compiled.js');
  const ask = `import(${JSON.stringify(compiled)}).then(({ scriptOf, codeOf }) => {
    const file = ${JSON.stringify(file)};
    process.stdout.write(String(scriptOf(file, codeOf(file)).cachedDataRejected));
  });`;
  return execFileSync(process.execPath, ['-e', ask], { encoding: 'utf8' });
}

function seen(): unknown {
  return (globalThis as { seen?: unknown }).seen;
}

it('a bundle runs, its parts found beside it and everything else where Node finds it', () => {
  runCompiled(folder, 'main.cjs');
  expect(seen()).toEqual([42, '/']);
});

it('code that was compiled ahead is taken by the same Node', () => {
  const file = join(folder, 'main.cjs');
  expect(codeOf(file)).toBeUndefined();
  compileAhead(file);
  expect(rejected(file)).toBe('false');
});

it('code of another Node is not taken, and the source runs', () => {
  const file = join(folder, 'main.cjs');
  compileAhead(file);
  const code = readFileSync(`${file}.code`);
  code.writeUInt32LE(code.readUInt32LE(4) + 1, 4);
  writeFileSync(`${file}.code`, code);
  expect(rejected(file)).toBe('true');
  runCompiled(folder, 'main.cjs');
  expect(seen()).toEqual([42, '/']);
});

it('the command line of this build comes with its code', () => {
  expect(rejected(join(import.meta.dirname, '../../../dist/cli/main.cjs'))).toBe('false');
});
