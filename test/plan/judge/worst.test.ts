import { describe, expect, it } from 'vitest';
import { summary } from '../../../src/plan/judge.js';
import type { Baseline, Criterion, Operator } from '../../../src/plan/model.js';
import { bound, judgeRows, value, windowSpec } from '../../support/metrics/windows.js';

function criterion(changes: Partial<Criterion>): Criterion {
  return { metric: 'm', unit: 'count', text: 'm', onBreach: 'restart', increase: false, ...changes };
}

describe('the worst value', () => {
  it.each([
    ['<', [1, 3, 2], 3], ['<=', [1, 3, 2], 3], ['>', [3, 1, 2], 1], ['>=', [3, 1, 2], 1],
    ['==', [1, -4, 3], -4],
  ] as [Operator, number[], number][])('under %s is the one furthest on the bad side', (op, raw, expected) => {
    const window = windowSpec({ criteria: [criterion({ bound: bound(op, 0) })] });
    const state = judgeRows(window, raw.map((of) => ({ m: value(of) })));
    expect(summary(window, state)[0]?.worst).toBe(expected);
  }); // prettier-ignore

  it.each([
    ['within', [9, 12.5, 11], 12.5], ['within', [7, 12.5, 11], 7], ['above', [9, 13, 1], 13], ['below', [9, 13, 1], 1],
    ['below', [30, 9, 11], 9],
  ] as [Baseline['side'], number[], number][])('%s a baseline is the one furthest from it', (side, raw, expected) => {
    const window = windowSpec({ criteria: [criterion({ baseline: { side, ratio: 0.2 } })] });
    const state = judgeRows(window, raw.map((of) => ({ m: value(of) })), { m: 10 });
    expect(summary(window, state)[0]?.worst).toBe(expected);
  }); // prettier-ignore

  it.each([
    [[1, 8, 5], 1],
    [[3, 9, 5], 9],
  ])('of an exact value is the one furthest from it: %j', (raw, expected) => {
    const window = windowSpec({ criteria: [criterion({ bound: bound('==', 5) })] });
    const state = judgeRows(window, raw.map((of) => ({ m: value(of) })));
    expect(summary(window, state)[0]?.worst).toBe(expected);
  }); // prettier-ignore

  it('is none while nothing was judged', () => {
    const window = windowSpec({ criteria: [criterion({ baseline: { side: 'above', ratio: 0.2 } })] });
    expect(summary(window, judgeRows(window, [{ m: value(3) }]))[0]).toMatchObject({ last: 3 });
    expect(summary(window, judgeRows(window, [{ m: value(3) }]))[0]?.worst).toBeUndefined();
  });
});
