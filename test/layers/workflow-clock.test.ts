import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const folder = path.resolve(import.meta.dirname, '../../src/workflows');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** `Date.now() < x`, `x >= Date.now()`, also with a term beside it: `x - Date.now() > 0`. */
const compared = /Date\.now\(\)[^;,)]*?\s[<>]=?\s|\s[<>]=?\s[^;,(]*Date\.now\(\)/;

it.each(files)('%s asks the clock for no choice (decision 009)', (file) => {
  const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
  expect(lines.filter((line) => compared.test(line))).toEqual([]);
});

it('would be seen', () => {
  for (const line of [
    'if (Date.now() < this.closesAt) return;',
    'if (at <= Date.now()) {',
    'while (x - Date.now() > 0)',
  ])
    expect(line).toMatch(compared);
  expect('deadlineAt: Date.now() + item.expires.ms,').not.toMatch(compared);
});
