import type { Reading } from '../../../plan/judge-types.js';
import type { MetricSource } from '../../../plan/model.js';
import { fillQuery } from '../query-template.js';
import type { FilledQuery } from '../query-template.js';
import { unbound } from '../reader.js';
import type { MetricReader, ReadContext } from '../reader.js';
import type { SourceAnswer } from '../request.js';
import { instantReading, rangeReadings } from './answer.js';
import { splitRuns } from './runs.js';

/** Asks one of the API's two query functions; `parameters` go into the form. */
export type AskApi = (
  path: 'query' | 'query_range',
  parameters: Record<string, string>,
  signal?: AbortSignal
) => Promise<SourceAnswer>;

/**
 * Reads from Prometheus, or what speaks its HTTP API: `query` with an explicit `time`, `query_range` over the exact grid
 * for instants that were missed. One number is needed: several series are invalid, none is no-data, an answer with
 * warnings is an error, since it may be partial.
 */
export function createPrometheusReader(source: MetricSource, ask: AskApi): MetricReader {
  const queryOf = (metric: string, instant: number, context: ReadContext): FilledQuery | undefined | 'unbound' => {
    const binding = Object.hasOwn(source.bindings, metric) ? source.bindings[metric] : undefined;
    if (binding?.promql === undefined) return 'unbound';
    return fillQuery({ ...binding, promql: binding.promql }, instant, context);
  };

  const readAt = async (metric: string, instant: number, context: ReadContext): Promise<Reading> => {
    const query = queryOf(metric, instant, context);
    if (query === undefined) return { kind: 'no-data' };
    if (query === 'unbound') return unbound(metric, 'promql');
    const answer = await ask('query', { ...form(query), time: secondsText(instant) }, context.signal);
    return instantReading(answer, instant);
  };

  const readRange = async (metric: string, instants: readonly number[], context: ReadContext): Promise<Reading[]> => {
    const runs = splitRuns(instants, (instant) => JSON.stringify(queryOf(metric, instant, context) ?? null));
    const parts = await Promise.all(
      runs.map(async ({ run, step }): Promise<Reading[]> => {
        const [first = 0] = run;
        const query = queryOf(metric, first, context);
        if (step === undefined || query === undefined || query === 'unbound') {
          return Promise.all(run.map((instant) => readAt(metric, instant, context)));
        }
        const grid = { start: secondsText(first), end: secondsText(run.at(-1) ?? first), step: secondsText(step) };
        return rangeReadings(await ask('query_range', { ...form(query), ...grid }, context.signal), run);
      })
    );
    return parts.flat();
  };

  return {
    async at(metrics, instant, context) {
      const readings = await Promise.all(metrics.map((metric) => readAt(metric, instant, context)));
      return row(metrics, readings);
    },
    async range(metrics, instants, context) {
      const columns = await Promise.all(metrics.map((metric) => readRange(metric, instants, context)));
      return instants.map((_, index) => row(metrics, columns.map((column) => column[index]))); // prettier-ignore
    },
  };
}

function row(metrics: readonly string[], readings: readonly (Reading | undefined)[]): Record<string, Reading> {
  return Object.fromEntries(metrics.map((metric, index) => [metric, readings[index] ?? { kind: 'no-data' }]));
}

function form({ query, lookbackSeconds }: FilledQuery): Record<string, string> {
  return { query, ...(lookbackSeconds !== undefined && { lookback_delta: `${lookbackSeconds}s` }) };
}

function secondsText(ms: number): string {
  return (ms / 1000).toFixed(3);
}
