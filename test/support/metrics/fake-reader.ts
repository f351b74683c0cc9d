import type { MetricReader, ReadContext } from '../../../src/activities/metrics/reader.js';
import { numberReading } from '../../../src/activities/metrics/reader.js';
import type { Reading } from '../../../src/plan/judge-types.js';

/** What the series of a metric has at an instant: a number, a reading, or nothing. */
export type Series = (instant: number) => number | Reading | undefined;

export interface FakeReader extends MetricReader {
  /** Every call, in its order. */
  calls: Array<{ how: 'at' | 'range'; metrics: readonly string[]; instants: readonly number[]; context: ReadContext }>;
}

/**
 * A FAKE metrics source with a programmable series per metric, for tests of what lies behind the reader. `memory: false`
 * behaves like a plain metrics endpoint: what was missed is no-data.
 */
export function fakeReader(series: Record<string, Series>, { memory = true } = {}): FakeReader {
  const calls: FakeReader['calls'] = [];
  const readingOf = (metric: string, instant: number): Reading => {
    const found = series[metric]?.(instant);
    if (found === undefined) return { kind: 'no-data' };
    return typeof found === 'number' ? numberReading(found) : found;
  };
  const row = (metrics: readonly string[], instant: number): Record<string, Reading> =>
    Object.fromEntries(metrics.map((metric) => [metric, readingOf(metric, instant)]));
  return {
    calls,
    at(metrics, instant, context) {
      calls.push({ how: 'at', metrics, instants: [instant], context });
      return Promise.resolve(row(metrics, instant));
    },
    range(metrics, instants, context) {
      calls.push({ how: 'range', metrics, instants, context });
      const none: Reading = { kind: 'no-data' };
      const forgotten = Object.fromEntries(metrics.map((metric) => [metric, none]));
      return Promise.resolve(instants.map((instant) => (memory ? row(metrics, instant) : forgotten)));
    },
  };
}
