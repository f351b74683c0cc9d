import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastLines, readOutput, trimOutput } from '../../../src/activities/commands/output.js';
import { createScrubber } from '../../../src/activities/scrubber.js';
import { testFolder } from '../../support/activities/tools.js';

const plain = createScrubber();

describe('the output of a command', () => {
  it('that grows beyond 8 MiB while it runs keeps its beginning and its end, and room for more', () => {
    const file = join(testFolder(), 'stdout');
    writeFileSync(file, `first\n${'x'.repeat(9 * 1024 * 1024)}\nbefore the cut\n`);
    trimOutput(file);
    expect(statSync(file).size).toBe(64 * 1024);
    appendFileSync(file, 'after the cut\n');
    trimOutput(file);
    const text = readOutput(file, plain);
    expect(text).toMatch(/^first\nx/);
    expect(text).toMatch(/x\nbefore the cut\nafter the cut\n$/);
    expect(text.length).toBeLessThan(66 * 1024);
  });

  it('cut twice still begins with its beginning', () => {
    const file = join(testFolder(), 'stdout');
    writeFileSync(file, `first\n${'x'.repeat(9 * 1024 * 1024)}`);
    trimOutput(file);
    appendFileSync(file, 'y'.repeat(9 * 1024 * 1024));
    trimOutput(file);
    expect(readOutput(file, plain)).toMatch(/^first\nx.*y$/s);
  });

  it('of up to 64 KiB is kept whole, and a missing file is empty', () => {
    const file = join(testFolder(), 'stdout');
    expect(readOutput(file, plain)).toBe('');
    trimOutput(file);
    writeFileSync(file, 'é'.repeat(32 * 1024));
    expect(readOutput(file, plain)).toBe(readFileSync(file, 'utf8'));
  });

  it.each([
    ['escape sequences', '\u001b[31mred\u001b[0m \u001b]0;title\u0007done', 'red done'],
    ['control characters', 'a\rb\u0000c\td\u009be', 'abc\tde'],
    ['only whole lines at its beginning', `${'x'.repeat(50)}\nsecond\nthird\n`, 'second\nthird'],
  ])('is shown without %s', (_, text, shown) => {
    expect(lastLines(text, 30)).toBe(shown);
  });
});
