import { createLimiter } from '../activities/metrics/limiter.js';
import { metricsSinceChange } from '../activities/metrics/query-template.js';
import type { MetricReader } from '../activities/metrics/reader.js';
import { createMetricReader } from '../activities/metrics/registry.js';
import { createSecrets } from '../activities/secrets.js';
import type { MetricSource } from '../plan/model.js';
import type { ProbePlace } from './probe.js';

/** A metrics source as it is read outside of a worker. */
export interface OpenSource extends MetricReader {
  /** Metrics that count since the run's first change by themselves. */
  sinceChange: ReadonlySet<string>;
}

/** Dashboards are no reason to ask a source for more at once. */
const requestsAtOnce = 8;

/**
 * Opens a metrics source as a worker in this place would: secret references are resolved here, each time anew. One that
 * is missing is the reason of every reading.
 */
export function openMetricSource(source: MetricSource, { env, workdir }: ProbePlace): OpenSource {
  const secrets = createSecrets({ env, baseDir: workdir });
  const reader = createMetricReader(source, { fetch, secrets, limiter: createLimiter(requestsAtOnce) });
  return { ...reader, sinceChange: new Set(metricsSinceChange(source)) };
}
