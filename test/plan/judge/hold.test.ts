import { describe, expect, it } from 'vitest';
import { canRecover, judgeSample, recover, startWindow } from '../../../src/plan/judge.js';
import type { WindowState } from '../../../src/plan/judge.js';
import type { Reading } from '../../../src/plan/judge-types.js';
import {
  duration,
  judge,
  judgeRows,
  responseTime,
  samplesOf,
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

describe('samples that are not valid', () => {
  it.each(['---', '???', 'eee', '-?e'])('hold the window at once when three come in a row (%s)', (text) => {
    expect(judge(spec, `..${text.slice(0, 2)}`).verdict).toBeUndefined();
    expect(judge(spec, `..${text}`)).toMatchObject({ verdict: 'HOLD', nextK: 5, hold: { cause: 'data', sinceK: 4 } });
  });

  it('say in the reason what could not be read and why', () => {
    expect(judge(spec, '.eee').reason).toBe('success_rate could not be judged on 3 samples in a row (HTTP 503)');
    expect(judge(spec, '---').reason).toContain('(no data)');
    expect(judge(spec, '???').reason).toContain('(the value is NaN)');
  });

  it('are not in a row when a measured one lies between, good or bad', () => {
    expect(judge(windowSpec({ coverage: 0.1 }), '--.--x--.').verdict).toBeUndefined();
  });

  it('hold after as many as the window says', () => {
    expect(judge({ ...spec, invalidInARow: 1 }, '.-').verdict).toBe('HOLD');
    expect(judge({ ...spec, invalidInARow: 5, coverage: 0.1 }, '----').verdict).toBeUndefined();
  });

  it.each([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('may be the value %s', (infinite) => {
    const rows = [1, 2, 3].map(() => ({ success_rate: value(infinite) }));
    expect(judgeRows(spec, rows)).toMatchObject({ verdict: 'HOLD', criteria: [{ notValid: 3, breaches: 0 }] });
  });

  it('of one criterion are enough, and hold before the others pass', () => {
    const two = { ...spec, criteria: [successRate, responseTime] };
    const rows = Array.from({ length: 11 }, (_, k): Record<string, Reading> => ({
      success_rate: value(0.99),
      response_time: k > 7 ? { kind: 'no-data' } : value(1),
    }));
    expect(judgeRows(two, rows)).toMatchObject({ verdict: 'HOLD', nextK: 11 });
  });
});

describe('coverage', () => {
  // 11 of 12 samples are 91 %, 11 of 13 only 85 %: one gap may be in the stretch.
  it('allows as many gaps as leave the window its share of valid samples', () => {
    expect(judge(strict, ok(5) + '-' + ok(6)).verdict).toBe('PASS');
    expect(judge(windowSpec({ coverage: 11 / 13 }), ok(5) + '-.-' + ok(5)).verdict).toBe('PASS');
    expect(judge(windowSpec({ coverage: 1 }), ok(5) + '-')).toMatchObject({ verdict: 'HOLD', nextK: 6 });
  });

  it('holds at the gap after which the stretch can no longer reach it', () => {
    const held = judge(strict, '..-..-');
    expect(held).toMatchObject({ verdict: 'HOLD', nextK: 6, hold: { cause: 'data', sinceK: 5 } });
    expect(held.reason).toBe(
      'success_rate has too many gaps: 2 samples without a valid value, so "success_rate > 95%" can no longer reach a coverage of 90% (no data)'
    );
  });

  it('forgets gaps that no stretch of this length can contain any more', () => {
    // One stretch that just reaches its coverage spans 12 samples: 0..11 has two gaps, 1..12 has one.
    expect(judge(strict, '-' + 'x'.repeat(10) + '-').verdict).toBe('HOLD');
    expect(judge(strict, '-' + 'x'.repeat(11) + '-').verdict).toBeUndefined();
  });

  it('is not healed by a breach', () => {
    expect(judge(strict, '..-.x-').verdict).toBe('HOLD');
  });
});

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

describe('a HOLD in a window over several criteria', () => {
  it('names each that cannot be judged', () => {
    const two = { ...spec, criteria: [successRate, responseTime] };
    const rows = [1, 2, 3].map((): Record<string, Reading> => ({
      success_rate: { kind: 'error', reason: 'connection refused' },
      response_time: { kind: 'invalid', reason: '2 series' },
    }));
    const { reason } = judgeRows(two, rows);
    expect(reason).toContain('success_rate could not be judged on 3 samples in a row (connection refused)');
    expect(reason).toContain('; response_time could not be judged on 3 samples in a row (2 series)');
    expect(samplesOf(two, rows)).toHaveLength(3);
  });
});
