import { describe, expect, it } from 'vitest';
import type { WindowState } from '../../../src/plan/judge.js';
import type { Reading } from '../../../src/plan/judge-types.js';
import { judgeRows, second, span, value, windowSpec } from '../../support/metrics/windows.js';

const window = windowSpec({ minTraffic: { metric: 'requests', atLeast: 100 }, coverage: 0.5 });
const none: Reading = { kind: 'no-data' };

function judge(requests: readonly (number | Reading)[], sinceChange: string[] = [], spec = window): WindowState {
  const rows = requests.map((of) => ({
    success_rate: value(0.99),
    requests: typeof of === 'number' ? value(of) : of,
  }));
  return judgeRows(spec, rows, {}, { sinceChange });
}

const flat = (of: number, count: number): number[] => Array.from({ length: count }, () => of);

describe('the minimum of traffic', () => {
  it('lets a window pass once the count rose by as much since its first sample', () => {
    expect(judge([500, ...flat(599, 12)]).verdict).toBeUndefined();
    expect(judge([500, ...flat(599, 12), 600])).toMatchObject({ verdict: 'PASS', nextK: 14 });
    expect(judge([500, ...flat(600, 10)])).toMatchObject({ verdict: 'PASS', nextK: 11 });
  });

  it('keeps what was counted before a counter reset', () => {
    expect(judge([500, 560, ...flat(40, 9)]).verdict).toBe('PASS');
    expect(judge([500, 560, ...flat(39, 9)]).verdict).toBeUndefined();
  });

  it('of a query that counts by itself is the difference, however its rounding wobbles', () => {
    expect(judge([10, 60, 59.9, ...flat(109.9, 8)], ['requests']).verdict).toBeUndefined();
    expect(judge([10, 60, 59.9, ...flat(110, 8)], ['requests']).verdict).toBe('PASS');
  });

  it('holds at the deadline when it was not reached, naming both numbers', () => {
    const short = { ...window, deadline: span(150 * second) };
    const held = judge([500, ...flat(520, 10)], [], short);
    expect(held).toMatchObject({ verdict: 'HOLD', hold: { cause: 'deadline' } });
    expect(held.reason).toBe(
      'the deadline (150s) has passed without a verdict: requests rose by 20 where the plan asks for 100'
    );
  });

  it('holds at once when it cannot be read three times in a row, and goes on when it can', () => {
    expect(judge([500, none, value(Number.NaN)]).verdict).toBeUndefined();
    const blind = [500, none, value(Number.NaN), { kind: 'error', reason: 'HTTP 503' } as const];
    const held = judge(blind);
    expect(held).toMatchObject({ verdict: 'HOLD', nextK: 4, hold: { cause: 'data' } });
    expect(held.reason).toBe('the traffic (requests) could not be read on 3 samples in a row (HTTP 503)');
    expect(judge([...blind, none]).verdict).toBe('HOLD');
    expect(judge([...blind, 510]).verdict).toBeUndefined();
    expect(judge([...blind, ...flat(600, 7)])).toMatchObject({ verdict: 'PASS', nextK: 11 });
  });

  it('may be missing on the first samples', () => {
    expect(judge([none, none, 500]).verdict).toBeUndefined();
    expect(judge([none, none, none])).toMatchObject({
      verdict: 'HOLD',
      reason: 'the traffic (requests) could not be read on 3 samples in a row (no data)',
    });
  });

  it('must be readable at the sample that ends a HOLD', () => {
    const rows = Array.from({ length: 6 }, (_, k) => ({
      success_rate: value(k < 3 ? Number.NaN : 0.99),
      requests: k === 3 ? none : value(500 + k),
    }));
    expect(judgeRows(window, rows.slice(0, 3)).verdict).toBe('HOLD');
    expect(judgeRows(window, rows.slice(0, 4)).verdict).toBe('HOLD');
    expect(judgeRows(window, rows.slice(0, 5)).verdict).toBeUndefined();
  });

  it('was not seen when nothing was read', () => {
    const rows = flat(0, 2).map(() => ({ success_rate: value(0.99) }));
    expect(judgeRows(window, [...rows, ...rows]).verdict).toBe('HOLD');
  });
});
