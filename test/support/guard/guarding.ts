import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Clock } from '../../../src/activities/clock.js';
import type { GuardHeartbeat, WatchMetricsInput, WatchMetricsResult } from '../../../src/activities/contract.js';
import { createWindowActivities, type MetricReader } from '../../../src/activities/metrics/index.js';
import { createSecrets } from '../../../src/activities/secrets.js';
import type { MetricSource } from '../../../src/plan/model.js';
import { memoryStore } from '../metrics/memory-store.js';
import { environmentWith, metricSource } from '../metrics/sources.js';
import { second, span, t0 } from '../metrics/windows.js';
import { guardSpec, successRate } from './guards.js';

export const hour = 3600 * second;

export function guardInput(
  change: Partial<WatchMetricsInput> = {},
  source: Partial<MetricSource> = {}
): WatchMetricsInput {
  const bindings = { success_rate: { promql: 'success_rate' } };
  return {
    origin: { run: 'migration/test/plan', address: 'guard', title: 'Guard' },
    guard: guardSpec(),
    metrics: [successRate],
    causes: [],
    baseline: {},
    since: t0,
    environment: environmentWith(metricSource('http://127.0.0.1:1', bindings, { lag: span(0), ...source })),
    longestMs: hour,
    ...change,
  };
}

export interface Guarded {
  clock: Clock;
  /** Default: over the network, from the source of the input. */
  reader?: MetricReader;
  readerOf?: (source: MetricSource) => MetricReader;
  heartbeatDetails?: unknown;
  scheduledAt?: number;
  onHeartbeat?: (heartbeat: GuardHeartbeat, cancel: MockActivityEnvironment['cancel']) => void;
}

/** Runs `watchMetrics` as a worker would, in the SDK's mocked activity environment. */
export function guarding(
  input: WatchMetricsInput,
  { clock, reader, readerOf, heartbeatDetails, scheduledAt = t0, onHeartbeat }: Guarded
): { result: Promise<WatchMetricsResult>; heartbeats: GuardHeartbeat[] } {
  const logger = new DefaultLogger('ERROR', () => undefined);
  const environment = new MockActivityEnvironment({ heartbeatDetails, scheduledTimestampMs: scheduledAt }, { logger });
  const heartbeats: GuardHeartbeat[] = [];
  environment.on('heartbeat', (details: GuardHeartbeat) => {
    heartbeats.push(JSON.parse(JSON.stringify(details)) as GuardHeartbeat);
    onHeartbeat?.(details, environment.cancel);
  });
  const quiet = (): void => undefined;
  const activities = createWindowActivities({
    evidence: memoryStore(),
    clock,
    logger: { info: quiet, warn: quiet, error: quiet },
    fetch,
    secrets: createSecrets({ env: {}, baseDir: '.' }),
    ...(readerOf ? { readerOf } : reader ? { readerOf: () => reader } : {}),
  });
  const result: Promise<WatchMetricsResult> = environment.run(() => activities.watchMetrics(input));
  return { result, heartbeats };
}
