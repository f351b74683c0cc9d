import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const folder = path.resolve(import.meta.dirname, '..');
/** But this file, which quotes what it looks for. */
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(
    (file) =>
      file.endsWith('.ts') && !file.includes('node_modules') && !file.endsWith(path.basename(import.meta.filename))
  )
  .map((file) => [file, readFileSync(path.join(folder, file), 'utf8')] as const);

/** How long something took, on whichever clock, compared: that is what bench/ is for. An instant may be. */
const timed = [
  /expect\([^)]*\.now\(\)\s*-/,
  /toBe(?:Less|Greater)Than(?:OrEqual)?\([^;]*\.now\(\)\s*-/,
  // By a name, too. What a number is taken from is an instant, though: an hour ago.
  /\b(\w+)(?::\s*number)?\s*=\s[^;=]*\.now\(\)\s*-\s*[a-z_][^;]*;[^]*expect\([^;]*\b\1\b/i,
];
const isTimed = (text: string): boolean => timed.some((pattern) => pattern.test(text));

it('no test asserts how long something took', () => {
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter(([, text]) => isTimed(text)).map(([file]) => file)).toEqual([]);
});

it.each([
  'expect(Date.now() - began).toBeLessThan(8_000);',
  'expect(clock.now() - began).toBeGreaterThan(7_000);',
  'expect(at).toBeGreaterThan(performance.now() - 300);',
  'const took = Date.now() - began;\nexpect(took).toBeLessThan(8_000);',
  'const took: number = Math.round((performance.now() - began) / 1000);\nexpect([1, took]).toEqual([1, 2]);',
])('it would be seen: %j', (text) => {
  expect(isTimed(text)).toBe(true);
});

it.each([
  'expect(deadlineAt).toBeGreaterThan(first.deadlineAt);',
  'expect(clock.now()).toBeGreaterThan(since + 7_000);',
  'const at = Date.now() - 60_000;\nexpect(read(at)).toEqual([]);',
  'const passed = () => Date.now() - began > 9_000;\nexpect(passed).toBeDefined();',
])('an instant is none: %j', (text) => {
  expect(isTimed(text)).toBe(false);
});
