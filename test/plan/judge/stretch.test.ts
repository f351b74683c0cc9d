import { describe, expect, it } from 'vitest';
import { judgeSample, startWindow, summary } from '../../../src/plan/judge.js';
import type { WindowSpec } from '../../../src/plan/model.js';
import {
  judge,
  judgeRows,
  responseTime,
  second,
  signs,
  span,
  successRate,
  t0,
  value,
  windowSpec,
} from '../../support/metrics/windows.js';

const spec = windowSpec();
const ok = (count: number): string => '.'.repeat(count);

describe('the unbroken stretch', () => {
  it('passes at the sample that spans the length, one sample beyond length / every', () => {
    expect(judge(spec, ok(10)).verdict).toBeUndefined();
    const passed = judge(spec, ok(11));
    expect(passed).toMatchObject({ verdict: 'PASS', nextK: 11 });
    expect(passed.reason).toBe('"success_rate > 95%" held for 150s without a break (11 samples or more each)');
  });

  it('rounds a length that is no multiple of the interval up', () => {
    const odd = windowSpec({ length: span(151 * second) });
    expect(judge(odd, ok(11)).verdict).toBeUndefined();
    expect(judge(odd, ok(12)).verdict).toBe('PASS');
  });

  it('starts again after a breach', () => {
    expect(judge(spec, ok(10) + 'x' + ok(10)).verdict).toBeUndefined();
    expect(judge(spec, ok(10) + 'x' + ok(11)).verdict).toBe('PASS');
  });

  it('is neither extended nor ended by a sample that is not valid', () => {
    expect(judge(spec, ok(5) + '-' + ok(5)).verdict).toBeUndefined();
    const passed = judge(spec, ok(5) + '-' + ok(6));
    expect(passed.verdict).toBe('PASS');
    expect(passed.criteria[0]).toMatchObject({ streak: 11, gaps: 1, notValid: 1 });
  });

  it('does not count what was missing before its first ok sample', () => {
    expect(judge(spec, '-' + ok(11)).criteria[0]).toMatchObject({ streak: 11, gaps: 0 });
    const loose = windowSpec({ coverage: 0.5 });
    expect(judge(loose, '.-x-.').criteria[0]).toMatchObject({ streak: 1, gaps: 0, notValid: 2 });
    expect(judge(loose, '.-').criteria[0]).toMatchObject({ streak: 1, gaps: 1 });
  });

  it('is kept for each criterion apart, and all must span the length at once', () => {
    const two = windowSpec({ criteria: [successRate, responseTime] });
    const rows = Array.from({ length: 30 }, (_, k) => ({
      success_rate: value(k === 12 ? 0.9 : 0.99),
      response_time: value(k === 4 ? 3 : 1),
    }));
    // Without the breach at 12, sample 15 would pass; the success rate has its stretch at 13 + 10.
    const passed = judgeRows(two, rows);
    expect(passed).toMatchObject({ verdict: 'PASS', nextK: 24 });
    expect(passed.criteria.map(({ streak }) => streak)).toEqual([11, 19]);
    expect(passed.reason).toContain('all 2 criteria held for 150s');
  });

  it('passes only at a sample that is ok for every criterion', () => {
    const two = windowSpec({ criteria: [successRate, responseTime] });
    const rows = Array.from({ length: 13 }, (_, k) => ({
      success_rate: value(k === 11 ? Number.NaN : 0.99),
      response_time: value(k === 0 ? 3 : 1),
    }));
    expect(judgeRows(two, rows.slice(0, 12)).verdict).toBeUndefined();
    expect(judgeRows(two, rows).verdict).toBe('PASS');
  });
});

describe('the deadline', () => {
  const short = windowSpec({ deadline: span(300 * second) });

  it('fails a window that saw a breach, naming how often and the worst value with its instant', () => {
    const rows = ok(5) + 'x' + ok(5) + 'x' + ok(8);
    expect(judge(short, rows).verdict).toBeUndefined();
    const failed = judge(short, rows + '.');
    expect(failed).toMatchObject({ verdict: 'FAIL', nextK: 21 });
    expect(failed.reason).toBe(
      '"success_rate > 95%" did not hold for 150s without a break before the deadline (300s): 2 of 21 samples broke it, ' +
        'worst success_rate 90% at 2026-11-22 10:01:15Z'
    );
  });

  it('still lets the sample at the deadline pass', () => {
    expect(judge(short, ok(9) + 'x' + ok(11))).toMatchObject({ verdict: 'PASS', nextK: 21 });
    expect(judge(short, ok(10) + 'x' + ok(10))).toMatchObject({ verdict: 'FAIL', nextK: 21 });
  });

  it('holds a window that saw no breach but could not be finished', () => {
    const tight: WindowSpec = windowSpec({ deadline: span(150 * second) });
    const held = judge(tight, ok(5) + '-' + ok(5));
    expect(held).toMatchObject({ verdict: 'HOLD', hold: { cause: 'deadline', sinceK: 10 } });
    expect(held.reason).toBe(
      'the deadline (150s) has passed without a verdict: "success_rate > 95%" was ok on 10 of 11 samples (no data)'
    );
  });

  it('counts the samples that were not valid among all, in the words of either verdict', () => {
    const loose = windowSpec({ deadline: span(150 * second), coverage: 0.5 });
    expect(judge(loose, '.-x' + ok(8)).reason).toContain(': 1 of 11 samples broke it');
    const criteria = [responseTime, successRate];
    const two = windowSpec({ criteria, deadline: span(150 * second), coverage: 0.5 });
    const rows = Array.from({ length: 11 }, (_, k) => ({
      response_time: k === 4 ? ({ kind: 'no-data' } as const) : value(1),
      success_rate: value(k === 6 ? Number.NaN : 0.99),
    }));
    expect(judgeRows(two, rows).reason).toBe(
      'the deadline (150s) has passed without a verdict: "response_time < 2s" was ok on 10 of 11 samples (no data); ' +
        '"success_rate > 95%" was ok on 10 of 11 samples (the value is NaN)'
    );
  });

  it('counts from the end of the warm-up', () => {
    const warm = windowSpec({ deadline: span(150 * second), warmUp: span(60 * second) });
    expect(judge(warm, 'x' + ok(9)).verdict).toBeUndefined();
    expect(judge(warm, 'x' + ok(10)).verdict).toBe('FAIL');
  });

  it('is not the fault of a criterion that has passed by then', () => {
    const criteria = [successRate, responseTime];
    const two = windowSpec({ criteria, deadline: span(180 * second), coverage: 0.5 });
    const rows = Array.from({ length: 13 }, (_, k) => ({
      success_rate: value(k === 0 ? 0.9 : 0.99),
      response_time: value([0, 3, 6].includes(k) ? Number.NaN : 1),
    }));
    const held = judgeRows(two, rows);
    expect(held).toMatchObject({ verdict: 'HOLD', hold: { cause: 'deadline' } });
    expect(held.reason).not.toContain('success_rate');
    rows[12] = { success_rate: value(0.9), response_time: value(1) };
    expect(judgeRows(two, rows).verdict).toBe('FAIL');
  });

  it('holds when only the last sample is missing', () => {
    const two = windowSpec({ criteria: [successRate, responseTime], deadline: span(165 * second) });
    const rows = Array.from({ length: 12 }, (_, k) => ({
      success_rate: value(k === 11 ? Number.NaN : 0.99),
      response_time: value(k === 0 ? 3 : 1),
    }));
    expect(judgeRows(two, rows)).toMatchObject({
      verdict: 'HOLD',
      reason: expect.stringContaining('the last sample was not ok for every criterion') as string,
    });
  });

  it.each([
    ['first', [responseTime, successRate]],
    ['last', [successRate, responseTime]],
  ])('names the criterion that broke most often, also when it comes %s', (_, criteria) => {
    const two = windowSpec({ criteria, deadline: span(150 * second) });
    const rows = Array.from({ length: 11 }, (_, k) => ({
      success_rate: value(k === 5 ? 0.9 : 0.99),
      response_time: value(k % 3 === 1 ? 2.5 + k / 100 : 1),
    }));
    const failed = judgeRows(two, rows);
    expect(failed.reason).toContain('"response_time < 2s" did not hold');
    expect(failed.reason).toContain('4 of 11 samples broke it, worst response_time 2.6s at 2026-11-22 10:02:30Z');
  });
});

describe('the grid of a window', () => {
  it('begins with the first sample, no verdict and nothing to say', () => {
    expect(startWindow(spec, t0)).toMatchObject({ nextK: 0, heldMs: 0, sinceChange: [], reason: '' });
  });

  it('refuses a sample that is not the one that is due, and one after the verdict', () => {
    const [first, second_] = signs(spec, '..');
    if (!first || !second_) throw new Error('two samples are needed');
    const state = startWindow(spec, t0);
    expect(() => judgeSample(spec, state, second_)).toThrow('is not the one that is due');
    expect(() => judgeSample(spec, state, { ...first, at: first.at + 1 })).toThrow('is not the one that is due');
    expect(() => judgeSample(spec, state, { ...first, k: 1 })).toThrow('is not the one that is due');
    const next = judgeSample(spec, state, first);
    expect(() => judgeSample(spec, next, first)).toThrow('is not the one that is due');
    expect(() => judgeSample(spec, judge(spec, ok(11)), { ...first, k: 11 })).toThrow('this window is decided (PASS)');
    expect(() => judgeSample(windowSpec({ criteria: [successRate, responseTime] }), state, first)).toThrow(
      'this state belongs to another window'
    );
  });

  it('leaves the state that it was given as it was', () => {
    const state = judge(spec, ok(3) + '-');
    const before = structuredClone(state);
    judge(spec, 'x-', state);
    expect(state).toEqual(before);
  });

  it('takes a metric that was not read for an error', () => {
    const state = judgeRows(spec, [{ other: value(1) }, { other: value(1) }, { other: value(1) }]);
    expect(state).toMatchObject({ verdict: 'HOLD' });
    expect(state.reason).toContain('the metric was not read');
  });

  it('sums up each criterion in the words of the plan', () => {
    expect(summary(spec, judge(spec, '..x-'))).toEqual([
      { text: 'success_rate > 95%', metric: 'success_rate', ok: 2, breaches: 1, notValid: 1, last: 0.9, worst: 0.9 },
    ]);
    expect(summary(spec, startWindow(spec, t0))).toEqual([
      { text: 'success_rate > 95%', metric: 'success_rate', ok: 0, breaches: 0, notValid: 0 },
    ]);
  });
});
