import { describe, expect, it } from 'vitest';
import { limitsOf, measure } from '../../../src/plan/judge/measure.js';
import type { Reading } from '../../../src/plan/judge-types.js';
import type { Baseline, Criterion, Operator } from '../../../src/plan/model.js';
import { bound, duration, judgeRows, value, violations, windowSpec } from '../../support/metrics/windows.js';

function criterion(changes: Partial<Criterion>): Criterion {
  return { metric: 'm', unit: 'count', text: 'm', onBreach: 'restart', increase: false, ...changes };
}

function classOf(changes: Partial<Criterion>, of: number, baseline?: number): string {
  return measure(criterion(changes), value(of), { baseline }).class;
}

describe('an absolute criterion', () => {
  const table: [Operator, number, string][] = [
    ['<', 4, 'ok'], ['<', 5, 'breach'], ['<', 6, 'breach'],
    ['<=', 4, 'ok'], ['<=', 5, 'ok'], ['<=', 6, 'breach'],
    ['>', 4, 'breach'], ['>', 5, 'breach'], ['>', 6, 'ok'],
    ['>=', 4, 'breach'], ['>=', 5, 'ok'], ['>=', 6, 'ok'],
    ['==', 4, 'breach'], ['==', 5, 'ok'], ['==', 6, 'breach'],
  ]; // prettier-ignore

  it.each(table)('%s 5 makes of %d: %s', (op, of, expected) => {
    expect(classOf({ bound: bound(op, 5) }, of)).toBe(expected);
  });

  it.each([
    [{ kind: 'no-data' }, 'no-data', 'no data'],
    [{ kind: 'invalid', reason: '2 series' }, 'invalid', '2 series'],
    [{ kind: 'error', reason: 'HTTP 500' }, 'error', 'HTTP 500'],
    [value(Number.NaN), 'invalid', 'the value is NaN'],
    [value(Number.POSITIVE_INFINITY), 'invalid', 'the value is Infinity'],
    [undefined, 'error', 'the metric was not read'],
  ] as [Reading | undefined, string, string][])('never takes %j for ok or breach', (reading, expected, problem) => {
    const measured = measure(criterion({ bound: bound('<', 5), critical: bound('<', 100) }), reading, {});
    expect(measured).toEqual({ class: expected, problem, critical: false });
  });
});

describe('a relative criterion', () => {
  const table: [Baseline['side'], number, string][] = [
    ['within', 7.9, 'breach'], ['within', 8, 'ok'], ['within', 12, 'ok'], ['within', 12.1, 'breach'],
    ['above', 0, 'ok'], ['above', 12, 'ok'], ['above', 12.1, 'breach'],
    ['below', 7.9, 'breach'], ['below', 8, 'ok'], ['below', 100, 'ok'],
  ]; // prettier-ignore

  it.each(table)('of 20%% %s a baseline of 10 makes of %d: %s', (side, of, expected) => {
    expect(classOf({ baseline: { side, ratio: 0.2 } }, of, 10)).toBe(expected);
  });

  it.each(table)('mirrors a negative baseline: 20%% %s -10', (side, of, expected) => {
    const mirrored = side === 'above' ? 'below' : side === 'below' ? 'above' : 'within';
    expect(classOf({ baseline: { side: mirrored, ratio: 0.2 } }, -of, -10)).toBe(expected);
  });

  it.each<[Baseline['side'], number, number, string[]]>([
    ['within', 0.2, 10, ['<= 12 (baseline + 20%)', '>= 8 (baseline - 20%)']],
    ['above', 0.5, 4, ['<= 6 (baseline + 50%)']],
    ['below', 0.125, 16, ['>= 14 (baseline - 12.5%)']],
    ['within', 0.07, 100, ['<= 107 (baseline + 7%)', '>= 93 (baseline - 7%)']],
  ])('comes to values, told with their share: %s %d of %d', (side, ratio, base, expected) => {
    const limits = limitsOf({ side, ratio }, base).map(({ op, value: at, text }) => `${op} ${at} (${text})`);
    expect(limits).toEqual(expected);
  });

  it.each([undefined, Number.NaN, Number.POSITIVE_INFINITY])('is not valid with a baseline of %s', (baseline) => {
    expect(measure(criterion({ baseline: { side: 'above', ratio: 0.1 } }), value(1), { baseline })).toMatchObject({
      class: 'invalid',
      problem: 'no baseline',
    });
  });

  it.each(['within', 'above', 'below'] as const)('is not valid with a baseline of 0 (%s)', (side) => {
    expect(measure(criterion({ baseline: { side, ratio: 0.1 } }), value(0), { baseline: 0 })).toMatchObject({
      class: 'invalid',
      problem: 'the baseline is 0, and a share of 0 says nothing',
    });
  });

  const window = windowSpec({ criteria: [{ ...duration, critical: bound('>', 5) }] });

  it('compares the value with the baseline, never an increase', () => {
    const counting = windowSpec({ criteria: [{ ...duration, increase: true }] });
    const state = judgeRows(counting, [{ duration: value(1.1) }], { duration: 1 });
    expect(state.criteria[0]).toMatchObject({ ok: 1, last: 1.1, baseline: 1 });
    expect(state.criteria[0]).not.toHaveProperty('counter');
  });

  it('holds a window that has no baseline, and says so', () => {
    const rows = Array.from({ length: 3 }, () => ({ duration: value(1) }));
    const held = judgeRows({ ...window, coverage: 0.1 }, rows);
    expect(held).toMatchObject({ verdict: 'HOLD', hold: { cause: 'baseline' } });
    expect(held.reason).toBe('duration could not be judged on 3 samples in a row (no baseline)');
    expect(judgeRows({ ...window, coverage: 0.1 }, rows, { duration: Number.NaN })).toEqual(held);
  });

  it('still fails on a critical value without a baseline: badness that was measured', () => {
    expect(judgeRows(window, [{ duration: value(6) }, { duration: value(6) }]).verdict).toBe('FAIL');
  });

  it('says the baseline beside the value', () => {
    const strict = windowSpec({ criteria: [{ ...duration, onBreach: 'fail' }] });
    const { reason } = judgeRows(strict, [{ duration: value(1.5) }], { duration: 1.1 });
    expect(reason).toContain('duration was 1.5s (baseline 1.1s) at');
  });

  it('passes within the baseline for the whole length', () => {
    const rows = Array.from({ length: 11 }, () => ({ duration: value(1.1) }));
    expect(judgeRows(window, rows, { duration: 1 }).verdict).toBe('PASS');
  });
});

describe('an increase criterion', () => {
  const limit: Criterion = {
    ...violations,
    onBreach: 'restart',
    text: 'violations < 5',
    bound: bound('<', 5),
    critical: bound('>=', 8),
  };
  const window = windowSpec({ criteria: [limit], coverage: 0.1 });

  function increases(raw: readonly number[], baseline?: Record<string, number>): (number | undefined)[] {
    return raw.map((_, index) =>
      judgeRows(window, raw.slice(0, index + 1).map((of) => ({ violations: value(of) })), baseline).criteria[0]?.last
    ); // prettier-ignore
  }

  it('counts from the value before the first change', () => {
    expect(increases([100, 101, 103], { violations: 100 })).toEqual([0, 1, 3]);
    expect(increases([102], { violations: 100 })).toEqual([2]);
  });

  it('keeps what was counted when the counter starts again, and counts what came after', () => {
    expect(increases([103, 1, 2], { violations: 100 })).toEqual([3, 4, 5]);
    expect(increases([2], { violations: 100 })).toEqual([2]);
    expect(increases([101, 0, 0, 3, 1], { violations: 100 })).toEqual([1, 1, 1, 4, 5]);
  });

  it('does not take a sample that is not valid for a reset', () => {
    expect(increases([101, Number.NaN, 102], { violations: 100 })).toEqual([1, 1, 2]);
  });

  it('is not valid without a baseline: the first sample is no base', () => {
    const rows = Array.from({ length: 3 }, () => ({ violations: value(9) }));
    const held = judgeRows(window, rows);
    expect(held).toMatchObject({ verdict: 'HOLD', hold: { cause: 'baseline' } });
    expect(held.reason).toContain('no baseline: nobody knows how much violations was before the first change');
    expect(judgeRows(window, rows, { toString: 1 }).verdict).toBe('HOLD');
  });

  it('of a window with a base of its own counts from its first valid sample, whatever the baseline says', () => {
    const rows = [Number.NaN, 105, 105, 107].map((of) => ({ violations: value(of) }));
    const state = judgeRows(window, rows, { violations: 100 }, { ownBase: true });
    expect(state.criteria[0]).toMatchObject({ last: 2, ok: 3, notValid: 1 });
    const strict = windowSpec({ criteria: [violations] });
    expect(
      judgeRows(
        strict,
        [105, 105].map((of) => ({ violations: value(of) })),
        {},
        { ownBase: true }
      ).verdict
    ).toBeUndefined();
    expect(
      judgeRows(
        strict,
        [105, 106].map((of) => ({ violations: value(of) })),
        {},
        { ownBase: true }
      ).verdict
    ).toBe('FAIL');
  });

  it('of a window with a base of its own waits for data that comes back', () => {
    const rows = Array.from({ length: 3 }, () => ({ violations: { kind: 'no-data' } as const }));
    expect(judgeRows(window, rows, {}, { ownBase: true })).toMatchObject({ verdict: 'HOLD', hold: { cause: 'data' } });
  });

  it('without a baseline has no value, so nothing critical either', () => {
    const critical = { ...limit, critical: bound('>=', 0) };
    expect(measure(critical, value(9), { counter: { counted: 0 } })).toMatchObject({
      class: 'invalid',
      critical: false,
    });
  });

  it('of a query that counts by itself takes the value as it is, baseline or not', () => {
    const rows = [3, 2.9, 4].map((of) => ({ violations: value(of) }));
    for (const baseline of [undefined, { violations: 100 }]) {
      const state = judgeRows(window, rows, baseline, { sinceChange: ['violations'] });
      expect(state.criteria[0]).toMatchObject({ last: 4, ok: 3 });
      expect(state.criteria[0]?.counter).toBeUndefined();
    }
  });

  it('compares the increase with the critical threshold, not the counter', () => {
    const rows = (of: number): Record<string, Reading>[] => [{ violations: value(of) }, { violations: value(of) }];
    expect(judgeRows(window, rows(107), { violations: 100 }).verdict).toBeUndefined();
    expect(judgeRows(window, rows(108), { violations: 100 }).verdict).toBe('FAIL');
  });
});
