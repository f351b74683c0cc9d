import { describe, expect, it } from 'vitest';
import { awaitingPair, searchAttributes } from '../../src/plan/search-attributes.js';

const many = (count: number, length: number): string[] =>
  Array.from({ length: count }, (_, n) => `p${n}`.padEnd(length, 'x'));
/** Of names of 61 letters 32 are 2,049 bytes of JSON: `[`, and 64 for each. */
const justFits = [...many(31, 61), 'p'.repeat(60)];

describe('who is awaited, as the server is asked for it', () => {
  it.each<[string, string[], string[] | null]>([
    ['nobody', [], null],
    ['those who may answer, in their order', ['erin', 'carlos'], ['erin', 'carlos']],
    ['all of 2,048 bytes', justFits, justFits],
    ['all but the last of one byte more', many(32, 61), many(31, 61)],
    ['the first of very many, and none out of order behind them', [...many(300, 61), 'al'], many(31, 61)],
  ])('is %s', (_what, people, value) => {
    expect(awaitingPair(people)).toEqual({ key: searchAttributes.awaiting, value });
    expect(JSON.stringify(value).length).toBeLessThanOrEqual(2048);
  });

  it('has just that many bytes at most', () => {
    expect(JSON.stringify(justFits)).toHaveLength(2048);
  });
});
