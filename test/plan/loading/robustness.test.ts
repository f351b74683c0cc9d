import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeze } from '../../../src/plan/freeze.js';
import { loadEnvironment } from '../../../src/plan/load-environment.js';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { watchedEnvironment, watchedPlan } from '../support/watch-samples.js';

/** Texts that people get wrong, and some that an attacker would try. */
const junk = [
  '',
  ' ',
  ':',
  '- ',
  '[',
  '}',
  '"',
  '\t',
  'null',
  '~',
  '12',
  'true',
  '{{vars.x}}',
  '> 5',
  '*a',
  '&a',
  '${env:X}',
  '\u0000',
  '0x1F',
  '!!set',
  '---',
  'a: b',
];

/** A text with a stretch of it replaced. */
function damaged(text: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(text.length - 1), fc.nat(30), fc.constantFrom(...junk))
    .map(([start, length, piece]) => text.slice(0, start) + piece + text.slice(start + length));
}

/** A text of which one scalar is something else. */
function confused(text: string): fc.Arbitrary<string> {
  const words = [...text.matchAll(/[A-Za-z0-9_.<>=%'/-]+/g)];
  return fc.tuple(fc.constantFrom(...words), fc.constantFrom(...junk)).map(([word, piece]) => {
    return text.slice(0, word.index) + piece + text.slice(word.index + word[0].length);
  });
}

describe('whatever is written', () => {
  const texts = fc.tuple(
    fc.oneof(fc.constant(watchedPlan), damaged(watchedPlan), confused(watchedPlan)),
    fc.oneof(fc.constant(watchedEnvironment), damaged(watchedEnvironment), confused(watchedEnvironment))
  );

  it('is frozen, or refused with faults that lie in its file; nothing is thrown', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(texts, ([planText, environmentText]) => {
        const plan = loadPlan(planText, 'plan.yaml');
        const environment = loadEnvironment(environmentText, 'lab.yaml', {});
        const { frozen, faults } = freeze({ plan, environment, vars: {} });
        expect(frozen === undefined).toBe(faults.length > 0);
        for (const { file, line, column, message, hint } of faults) {
          const lines = (file === 'plan.yaml' ? planText : environmentText).split('\n');
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
          expect(message).not.toBe('');
          expect(hint).not.toBe('');
        }
      }),
      { numRuns: 60 }
    );
  });
});
