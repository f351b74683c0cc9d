import { describe, expect, it } from 'vitest';
import { tell, type Told } from '../../../src/plan/guard/told.js';

const calm = 10;
const fresh: Told = { rank: 0, since: 0, flaps: 0 };

/** Ranks by their instants; what people were told, and when. */
function hear(...ranks: Array<[at: number, rank: number]>): { told: string[]; last: Told } {
  let last = fresh;
  const told: string[] = [];
  for (const [at, rank] of ranks) {
    const next = tell(last, rank, at, calm);
    if (next.rank !== last.rank) told.push(`${at}: ${next.rank}`);
    last = next;
  }
  return { told, last };
}

describe('what people are told', () => {
  it.each<[string, Array<[number, number]>, string[]]>([
    [
      'is worse at once',
      [
        [1, 2],
        [2, 4],
      ],
      ['1: 2', '2: 4'],
    ],
    [
      'is better at once the first time',
      [
        [1, 2],
        [11, 0],
      ],
      ['1: 2', '11: 0'],
    ],
    [
      'is better after a rest once it was wrong',
      [
        [1, 2],
        [11, 0],
        [12, 2],
        [20, 0],
        [29, 0],
        [30, 0],
      ],
      ['1: 2', '11: 0', '12: 2', '30: 0'],
    ],
    [
      'is better only when the rest was without a break',
      [
        [1, 2],
        [11, 0],
        [12, 2],
        [20, 0],
        [25, 2],
        [29, 0],
        [38, 0],
        [39, 0],
      ],
      ['1: 2', '11: 0', '12: 2', '39: 0'],
    ],
    [
      'is as good as what came last',
      [
        [1, 4],
        [11, 0],
        [12, 4],
        [20, 2],
        [30, 1],
      ],
      ['1: 4', '11: 0', '12: 4', '30: 1'],
    ],
  ])('%s', (_, ranks, expected) => {
    expect(hear(...ranks).told).toEqual(expected);
  });

  it.each([
    ['soon', 11 + 256 * calm, 1],
    ['long', 12 + 256 * calm, 0],
  ])('counts as wrong when it gets worse %s after', (_, at, flaps) => {
    expect(hear([1, 2], [11, 0], [at, 2]).last).toEqual({ rank: 2, since: at, flaps });
  });

  it('is forgotten to have been wrong after a long time that was well', () => {
    const { last } = hear([1, 2], [11, 0], [12, 2], [20, 0], [30, 0], [31 + 256 * calm, 2]);
    expect(last.flaps).toBe(0);
  });

  it('waits no longer than 127 times as long as the first time', () => {
    let told = fresh;
    let at = 0;
    for (let times = 0; times < 20; times += 1) {
      told = tell(told, 2, (at += 1), calm);
      told = tell(told, 0, (at += 1), calm);
      const waits = told.rank === 0 ? 0 : calm * (2 ** told.flaps - 1);
      expect(waits).toBeLessThanOrEqual(127 * calm);
      told = tell(told, 0, (at += waits), calm);
      expect(told.rank).toBe(0);
    }
    expect(told.flaps).toBe(7);
  });

  it('stays as it was when nothing changes', () => {
    const { last } = hear([1, 2], [11, 0]);
    expect(tell(last, 0, 50, calm)).toStrictEqual(last);
    expect(tell(fresh, 0, 50, calm)).toStrictEqual(fresh);
  });
});
