import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const folder = path.resolve(import.meta.dirname, '..');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
  .map((file) => [file, readFileSync(path.join(folder, file), 'utf8')] as const);

/** How long something took, compared: that is what bench/ is for. */
const timed =
  /expect\([^)]*(?:Date|performance)\.now\(\)\s*-|toBe(?:Less|Greater)Than(?:OrEqual)?\([^;]*(?:Date|performance)\.now\(\)\s*-/;

it('no test asserts how long something took', () => {
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter(([, text]) => timed.test(text)).map(([file]) => file)).toEqual([]);
});

it('it would be seen', () => {
  const [elapsed, deadline] = ['Date.now() - began', 'performance.now() - 300'];
  expect(`expect(${elapsed}).toBeLessThan(8_000);`).toMatch(timed);
  expect(`expect(at).toBeGreaterThan(${deadline});`).toMatch(timed);
  expect('expect(deadlineAt).toBeGreaterThan(first.deadlineAt);').not.toMatch(timed);
});
