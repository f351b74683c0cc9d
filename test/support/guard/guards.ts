import type { Reading, Sample } from '../../../src/plan/judge-types.js';
import type { GuardSpec, Metric } from '../../../src/plan/model.js';
import type { GuardNews, GuardRules, GuardState, WatchedCause } from '../../../src/plan/guard/state.js';
import { startGuard, takeGuardSample } from '../../../src/plan/guard/watch.js';
import { bound, second, span, t0, value } from '../metrics/windows.js';

/** Builders of guards. One sample a second, two in a row for a level, three to be back or to be missing. */

export const successRate: Metric = {
  name: 'success_rate',
  description: 'share of good answers',
  unit: 'ratio',
  priority: 'red',
  target: bound('>', 0.95),
  warning: bound('<', 0.9),
  critical: bound('<', 0.8),
  gates: true,
};

export const latency: Metric = {
  name: 'latency',
  description: 'time to answer',
  unit: 'seconds',
  priority: 'amber',
  target: bound('<', 2),
  warning: bound('>', 3),
  critical: bound('>', 5),
  gates: true,
};

export const violations: Metric = {
  name: 'violations',
  description: 'answers that reached the wrong user',
  unit: 'count',
  priority: 'red',
  target: bound('==', 0),
  critical: bound('>', 0),
  gates: true,
};

export function guardSpec(change: Partial<GuardSpec> = {}): GuardSpec {
  return {
    every: span(second),
    inARow: 2,
    recoveredInARow: 3,
    missingInARow: 3,
    metrics: ['success_rate'],
    ...change,
  };
}

export function rules(metrics: Metric[] = [successRate], change: Partial<GuardRules> = {}): GuardRules {
  const guard = guardSpec({ metrics: metrics.map(({ name }) => name) });
  return { guard, metrics, causes: [], baseline: {}, sinceChange: [], ...change };
}

export function cause(id: string, when: WatchedCause['when']): WatchedCause {
  return { id, title: `Cause ${id}`, when };
}

/** Of `success_rate`: `.` ok, `o` off its target, `w` warning, `!` critical, `-` no data, `e` error. */
export function readingOf(sign: string): Reading {
  const readings: Record<string, Reading> = {
    '.': value(0.99),
    o: value(0.92),
    w: value(0.85),
    '!': value(0.5),
    '-': { kind: 'no-data' },
    e: { kind: 'error', reason: 'connect ECONNREFUSED' },
  };
  const reading = readings[sign];
  if (!reading) throw new Error(`no reading is called "${sign}"`);
  return reading;
}

export type Row = Record<string, Reading>;

export interface Watched {
  state: GuardState;
  news: GuardNews[];
}

/** Takes rows of readings, one after the other, from the start or on from a state. */
export function take(given: GuardRules, rows: readonly Row[], from: GuardState = startGuard(given, t0)): Watched {
  let state = from;
  const news: GuardNews[] = [];
  for (const readings of rows) {
    const k = state.nextK;
    const sample: Sample = { k, at: t0 + k * given.guard.every.ms, readings };
    const taken = takeGuardSample(given, state, sample);
    state = taken.state;
    news.push(...taken.news);
  }
  return { state, news };
}

export function signs(text: string): Row[] {
  return text.split('').map((sign) => ({ success_rate: readingOf(sign) }));
}

/** News in short: `3 success_rate ok -> critical`, `5 blind`, `7 cause loss`. */
export function told(news: readonly GuardNews[]): string[] {
  return news.map((one) => {
    const when = (one.at - t0) / second;
    if (one.kind === 'metric') return `${when} ${one.metric} ${one.from} -> ${one.to}`;
    if (one.kind === 'cause') return `${when} ${one.holds ? 'cause' : 'no cause'} ${one.cause}`;
    return `${when} ${one.blind ? 'blind' : 'sees'}`;
  });
}
