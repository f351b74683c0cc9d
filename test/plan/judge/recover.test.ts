import { describe, expect, it } from 'vitest';
import { canRecover, judgeSample, recover, startWindow } from '../../../src/plan/judge.js';
import type { WindowState } from '../../../src/plan/judge.js';
import type { Reading } from '../../../src/plan/judge-types.js';
import {
  duration,
  judge,
  judgeRows,
  responseTime,
  second,
  signs,
  span,
  successRate,
  t0,
  value,
  violations,
  windowSpec,
} from '../../support/metrics/windows.js';

/** Loose enough that three in a row come before the coverage is lost; `strict` allows one gap. */
const spec = windowSpec({ coverage: 0.75 });
const strict = windowSpec({ coverage: 0.9 });
const ok = (count: number): string => '.'.repeat(count);

describe('leaving a HOLD', () => {
  const held = judge(spec, ok(5) + '---');
  const lost = judge(strict, ok(5) + '--');

  function step(state: WindowState, sign: string): WindowState {
    const [sample] = signs(spec, sign, state.nextK);
    if (!sample) throw new Error('a sample is needed');
    return recover(spec, state, sample);
  }

  it('waits while samples are not valid, keeping the reason', () => {
    expect(step(step(held, '-'), 'e')).toMatchObject({
      verdict: 'HOLD',
      reason: held.reason,
      hold: held.hold,
      nextK: 10,
    });
  });

  it('goes on at the first valid sample, with the time held added to the deadline', () => {
    const back = step(step(held, '-'), '.');
    expect(back.verdict).toBeUndefined();
    expect(back.hold).toBeUndefined();
    expect(back).toMatchObject({ heldMs: 30 * second, reason: '', nextK: 10, criteria: [{ invalidInARow: 0 }] });
  });

  it('adds up the time of several HOLDs', () => {
    const first = step(step(held, '-'), '.');
    const [a, b, c] = signs(spec, '---', first.nextK);
    if (!a || !b || !c) throw new Error('three samples are needed');
    const again = judgeSample(spec, judgeSample(spec, judgeSample(spec, first, a), b), c);
    expect(again.verdict).toBe('HOLD');
    expect(step(again, '.').heldMs).toBe(45 * second);
  });

  it('starts a stretch again whose coverage is lost, at the sample that came back', () => {
    const back = judge(strict, '.', lost);
    expect(back.criteria[0]).toMatchObject({ streak: 1, gaps: 0, recentGaps: [] });
    expect(judge(strict, 'x', lost).criteria[0]).toMatchObject({ streak: 0, breaches: 1, recentGaps: [] });
    expect(judge(strict, ok(9), back).verdict).toBeUndefined();
    expect(judge(strict, ok(10), back).verdict).toBe('PASS');
  });

  it('keeps a stretch that can still reach its coverage', () => {
    const back = judge(spec, ok(5) + '---' + '.');
    expect(back).toMatchObject({ heldMs: 15 * second, criteria: [{ streak: 6, gaps: 3 }] });
    expect(judge(spec, ok(4), back).verdict).toBeUndefined();
    expect(judge(spec, ok(5), back)).toMatchObject({ verdict: 'PASS', nextK: 14 });
  });

  it('counts what is measured meanwhile: a breach of another criterion ends its stretch', () => {
    const two = { ...spec, criteria: [successRate, responseTime] };
    const blind = (rate: number): Record<string, Reading> => ({
      success_rate: value(rate),
      response_time: { kind: 'no-data' },
    });
    const both = { success_rate: value(0.99), response_time: value(1) };
    const rows = [both, blind(0.99), blind(0.99), blind(0.99), blind(0.9), both];
    const back = judgeRows(two, rows);
    expect(back.verdict).toBeUndefined();
    expect(back.criteria[0]).toMatchObject({ streak: 1, breaches: 1, ok: 5 });
  });

  it('needs every criterion to be valid', () => {
    const two = { ...spec, criteria: [successRate, responseTime] };
    const none: Reading = { kind: 'no-data' };
    const rows = [1, 2, 3].map(() => ({ success_rate: none, response_time: none }));
    rows.push({ success_rate: value(0.99) as never, response_time: none });
    expect(judgeRows(two, rows).verdict).toBe('HOLD');
  });

  it('never passes by itself: the verdict is given at the sample after it', () => {
    const back = judge(spec, ok(10) + '---.');
    expect(back.verdict).toBeUndefined();
    expect(back.criteria[0]?.streak).toBe(11);
    expect(judge(spec, '.', back).verdict).toBe('PASS');
  });

  it('fails on a critical row that began before the HOLD', () => {
    expect(judge(spec, '!---')).toMatchObject({ verdict: 'HOLD' });
    expect(judge(spec, '!---!')).toMatchObject({ verdict: 'FAIL', nextK: 5 });
  });

  it('moves the deadline by the time that was held, to the sample', () => {
    const short = { ...spec, deadline: span(150 * second) };
    // The HOLD lasts from sample 3 to sample 5: two intervals.
    const text = 'x---' + '-.';
    expect(judge(short, text + ok(6)).verdict).toBeUndefined();
    expect(judge(short, text + ok(7))).toMatchObject({ verdict: 'FAIL', nextK: 13 });
  });

  it('is refused for a window that is not held', () => {
    const [sample] = signs(spec, '.');
    if (!sample) throw new Error('a sample is needed');
    expect(() => recover(spec, startWindow(spec, t0), sample)).toThrow('only a window that is held can recover');
  });

  it('is not possible when the deadline made the HOLD, however good the data', () => {
    const tight = { ...spec, deadline: span(150 * second) };
    const late = judge(tight, '-' + ok(10));
    expect(late).toMatchObject({ verdict: 'HOLD', hold: { cause: 'deadline' } });
    expect(canRecover(late)).toBe(false);
    expect(judge(tight, ok(20), late)).toMatchObject({ verdict: 'HOLD', reason: late.reason });
    expect(judge(tight, '!!', late).verdict).toBe('FAIL');
  });

  it('is possible for missing data only: a missing baseline never comes back', () => {
    expect(canRecover(held)).toBe(true);
    expect(canRecover(startWindow(spec, t0))).toBe(false);
    expect(canRecover(judge(spec, ok(11)))).toBe(false);
    const relative = { ...spec, criteria: [duration] };
    const rows = Array.from({ length: 3 }, () => ({ duration: value(1), violations: value(0) }));
    expect(canRecover(judgeRows(relative, rows))).toBe(false);
    expect(canRecover(judgeRows({ ...spec, criteria: [violations] }, rows))).toBe(false);
    const both = { ...spec, criteria: [{ ...responseTime, metric: 'duration' }, duration] };
    expect(canRecover(judgeRows(both, rows))).toBe(false);
    const blind = rows.map(() => ({ duration: value(Number.NaN) }));
    expect(canRecover(judgeRows(relative, blind, { duration: 1 }))).toBe(true);
  });
});
