import { formatDuration } from '../../plan/language/duration.js';
import type { MeasureInput, MeasureResult, MetricFacts } from '../contract.js';
import type { Reading } from '../../plan/judge-types.js';
import type { Scope } from '../scope.js';
import type { MetricDeps } from './deps.js';
import { beating } from './pulse.js';
import { metricsSinceChange } from './query-template.js';

/** Readings of one metric; a period that is longer has them further apart. */
const mostReadings = 240;
const shortestStepMs = 1000;
/** Below it nobody can say what a metric was over the period. */
const leastCoverage = 0.5;

/**
 * What metrics were over a time that is past: mean, extremes, increase. A metric of which fewer than half of the
 * readings are valid is missing, with the reason; nothing is made up.
 */
export async function measurePeriod(deps: MetricDeps, scope: Scope, input: MeasureInput): Promise<MeasureResult> {
  const { clock } = deps;
  const { origin, environment, changedAt } = input;
  const source = environment.metrics;
  const reader = deps.readerOf(source);
  const to = clock.now();
  const from = Math.min(input.from ?? to - (input.overMs ?? 0), to - 2 * shortestStepMs);
  const stepMs = Math.max(shortestStepMs, Math.ceil((to - from) / mostReadings));
  const instants = Array.from({ length: Math.floor((to - from) / stepMs) + 1 }, (_, k) => from + k * stepMs);
  const metrics = [...new Set(input.metrics)];
  const rows = await beating({ clock, scope, beat: () => scope.heartbeat() }, async () => {
    if (source.lag.ms > 0) await clock.sleep(source.lag.ms, scope.signal);
    return reader.range(metrics, instants, {
      since: from,
      signal: scope.signal,
      ...(changedAt === undefined ? {} : { changedAt }),
    });
  });
  const countsItself = metricsSinceChange(source);
  const values: Record<string, MetricFacts> = {};
  const missing: Record<string, string> = {};
  for (const metric of metrics) {
    const readings = rows.map((row) => row[metric] ?? { kind: 'no-data' as const });
    const found = factsOf(readings, countsItself.includes(metric));
    if (typeof found === 'string') missing[metric] = found;
    else values[metric] = found;
  }
  const { provider, url, bindings } = source;
  const evidence = await deps.evidence.put('period', {
    origin,
    from,
    to,
    every: formatDuration(stepMs),
    source: { provider, url, bindings },
    values,
    missing,
    readings: Object.fromEntries(metrics.map((metric) => [metric, rows.map((row) => row[metric] ?? null)])),
  });
  return { from, to, values, missing, endedAt: clock.now(), evidence };
}

function factsOf(readings: readonly Reading[], countsItself: boolean): MetricFacts | string {
  const values = readings.flatMap((reading) => (reading.kind === 'value' ? [reading.value] : []));
  const [first] = values;
  const last = values.at(-1);
  if (first === undefined || last === undefined || values.length < readings.length * leastCoverage) {
    const problem = readings.find((reading) => reading.kind !== 'value');
    const why = problem && 'reason' in problem ? problem.reason : 'no data';
    return `only ${values.length} of ${readings.length} readings were valid (${why})`;
  }
  let rise = 0;
  for (const [index, value] of values.entries()) {
    const before = values[index - 1];
    // A counter that was reset began again at 0.
    if (before !== undefined) rise += value >= before ? value - before : value;
  }
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    last,
    increase: countsItself ? last : rise,
    readings: values.length,
    of: readings.length,
  };
}
