import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compileAhead, runCompiled } from '../../../src/client/build/compiled.js';

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

const compiled = join(import.meta.dirname, '../../../dist/src/client/build/compiled.js');

/** In a process of its own: this one has compiled the same source before, and its flags are those of a test runner. */
function inNode(script: string): string {
  return execFileSync(process.execPath, ['-e', `import(${JSON.stringify(compiled)}).then((it) => {${script}});`], {
    encoding: 'utf8',
  });
}

/** Whether V8 rejects the code beside a file; `undefined` when it was not offered any. */
function rejected(file: string): string {
  return inNode(`
    const file = ${JSON.stringify(file)};
    const source = require('node:fs').readFileSync(file, 'utf8');
    process.stdout.write(String(it.scriptOf(file, source, it.codeOf(file, source)).cachedDataRejected));
  `);
}

/** What the bundle of this folder has seen, run in a process of its own. */
function runElsewhere(): unknown {
  const out = inNode(`
    it.runCompiled(${JSON.stringify(folder)}, 'main.cjs');
    process.stdout.write(JSON.stringify(globalThis.seen));
  `);
  return JSON.parse(out);
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
  expect(rejected(file)).toBe('undefined');
  compileAhead(file);
  expect(rejected(file)).toBe('false');
});

it('a source that changed at the same length runs, not the code of the one before', () => {
  compileAhead(join(folder, 'part.cjs'));
  write('part.cjs', 'exports.twice = (n) => 3 * n;');
  expect(rejected(join(folder, 'part.cjs'))).toBe('undefined');
  expect(runElsewhere()).toEqual([63, '/']);
});

it.each<[string, (code: Buffer) => Buffer]>([
  ['of another V8', (code) => flipped(code, 24)],
  ['with a flipped byte in its head', (code) => flipped(code, 3)],
  ['with a flipped byte in its middle', (code) => flipped(code, code.length >> 1)],
  ['with a second half of zeros', (code) => code.fill(0, code.length >> 1)],
  ['cut short', (code) => code.subarray(0, code.length - 8)],
  ['cut to almost nothing', (code) => code.subarray(0, 5)],
  ['that is empty', () => Buffer.alloc(0)],
])('code %s is not taken, and the source runs', (_, damage) => {
  const file = join(folder, 'main.cjs');
  compileAhead(file);
  writeFileSync(`${file}.code`, damage(readFileSync(`${file}.code`)));
  expect(rejected(file)).toBe('undefined');
  expect(runElsewhere()).toEqual([42, '/']);
});

it('code that cannot be read is as if it were not there', () => {
  mkdirSync(join(folder, 'main.cjs.code'));
  compileAhead(join(folder, 'part.cjs'));
  chmodSync(join(folder, 'part.cjs.code'), 0);
  expect(runElsewhere()).toEqual([42, '/']);
});

function flipped(code: Buffer, at: number): Buffer {
  code.writeUInt8(code.readUInt8(at) ^ 0xff, at);
  return code;
}

it('the command line of this build comes with its code', () => {
  expect(rejected(join(import.meta.dirname, '../../../dist/cli/main.cjs'))).toBe('false');
});
