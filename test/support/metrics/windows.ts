import { judgeAll, sampleAt, startWindow } from '../../../src/plan/judge.js';
import type { WindowOptions, WindowState } from '../../../src/plan/judge.js';
import type { Reading, Sample } from '../../../src/plan/judge-types.js';
import type { Bound, Criterion, Operator, TimeSpan, WindowSpec } from '../../../src/plan/model.js';

/** Builders of windows and samples. A window is 10 samples of 15 s long unless told otherwise. */

export const t0 = Date.UTC(2026, 10, 22, 10, 0, 0);
export const second = 1000;

export function span(ms: number): TimeSpan {
  return { ms, planned: `${ms / second}s` };
}

export function bound(op: Operator, value: number): Bound {
  return { op, value, text: `${op} ${value}` };
}

export const successRate: Criterion = {
  metric: 'success_rate',
  unit: 'ratio',
  text: 'success_rate > 95%',
  bound: { op: '>', value: 0.95, text: '> 95%' },
  onBreach: 'restart',
  increase: false,
  critical: { op: '<', value: 0.85, text: '< 85%' },
};

export const responseTime: Criterion = {
  metric: 'response_time',
  unit: 'seconds',
  text: 'response_time < 2s',
  bound: { op: '<', value: 2, text: '< 2s' },
  onBreach: 'restart',
  increase: false,
  critical: { op: '>', value: 5, text: '> 5s' },
};

export const violations: Criterion = {
  metric: 'violations',
  unit: 'count',
  text: 'violations == 0',
  bound: { op: '==', value: 0, text: '== 0' },
  onBreach: 'fail',
  increase: true,
};

export const duration: Criterion = {
  metric: 'duration',
  unit: 'seconds',
  text: 'duration within 20% of baseline',
  baseline: { side: 'within', ratio: 0.2 },
  onBreach: 'restart',
  increase: false,
};

export function windowSpec(changes: Partial<WindowSpec> = {}): WindowSpec {
  return {
    length: span(150 * second),
    every: span(15 * second),
    warmUp: span(0),
    deadline: span(450 * second),
    criteria: [successRate],
    coverage: 0.9,
    invalidInARow: 3,
    criticalInARow: 2,
    ...changes,
  };
}

export function value(of: number): Reading {
  return { kind: 'value', value: of };
}

/** One reading of `success_rate` by a sign: `.` ok, `x` breach, `!` critical, `-` no data, `?` NaN, `e` error. */
export function readingOf(sign: string): Reading {
  const readings: Record<string, Reading> = {
    '.': value(0.99),
    x: value(0.9),
    '!': value(0.8),
    '-': { kind: 'no-data' },
    '?': value(Number.NaN),
    e: { kind: 'error', reason: 'HTTP 503' },
  };
  const reading = readings[sign];
  if (!reading) throw new Error(`no reading is called "${sign}"`);
  return reading;
}

/** Samples of the grid from `from` on; each row has the readings of one instant. */
export function samplesOf(spec: WindowSpec, rows: readonly Record<string, Reading>[], from = 0): Sample[] {
  return rows.map((readings, index) => ({ k: from + index, at: sampleAt(spec, t0, from + index), readings }));
}

/** Samples of a window over `success_rate` alone, one per sign. */
export function signs(spec: WindowSpec, text: string, from = 0): Sample[] {
  return samplesOf(
    spec,
    text.split('').map((sign) => ({ success_rate: readingOf(sign) })),
    from
  );
}

/** Judges signs from the start of a window, or on from a state of it. */
export function judge(spec: WindowSpec, text: string, from?: WindowState): WindowState {
  return judgeAll(spec, from ?? startWindow(spec, t0), signs(spec, text, from?.nextK ?? 0));
}

export function judgeRows(
  spec: WindowSpec,
  rows: readonly Record<string, Reading>[],
  baseline?: Record<string, number>,
  options?: WindowOptions
): WindowState {
  return judgeAll(spec, startWindow(spec, t0, baseline, options), samplesOf(spec, rows));
}
