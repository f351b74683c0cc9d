import type { MetricSource } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import { createLimiter } from './limiter.js';
import type { MetricReader } from './reader.js';
import { createMetricReader } from './registry.js';

/** What the metric activities need of the worker. */
export interface MetricDeps extends Pick<Tools, 'evidence' | 'clock' | 'logger'> {
  /** Makes the reader of a source; `readersOf` gives the real ones. */
  readerOf: (source: MetricSource) => MetricReader;
}

/** Requests in flight at once, over all windows of a worker. */
const requestsAtOnce = 24;

/** Readers over the network, sharing one limit of requests. */
export function readersOf({ fetch, secrets }: Pick<Tools, 'fetch' | 'secrets'>): MetricDeps['readerOf'] {
  const limiter = createLimiter(requestsAtOnce);
  return (source) => createMetricReader(source, { fetch, secrets, limiter });
}
