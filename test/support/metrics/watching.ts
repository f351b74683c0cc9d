import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createWindowActivities } from '../../../src/activities/metrics/index.js';
import type { WindowHeartbeat, WindowInput, WindowResult } from '../../../src/activities/contract.js';
import type { Clock } from '../../../src/activities/clock.js';
import type { EvidenceStore } from '../../../src/activities/evidence/index.js';
import type { MetricReader } from '../../../src/activities/metrics/index.js';
import { createSecrets } from '../../../src/activities/secrets.js';
import type { WindowSpec } from '../../../src/plan/model.js';
import { memoryStore } from './memory-store.js';
import { environmentWith, metricSource } from './sources.js';
import { span, t0, windowSpec } from './windows.js';

export function windowInput(
  spec: WindowSpec = windowSpec(),
  change: Partial<WindowInput> = {},
  lagMs = 0
): WindowInput {
  const bindings = Object.fromEntries(spec.criteria.map(({ metric }) => [metric, { promql: metric }]));
  return {
    origin: { run: 'migration/test/plan', address: '1a/window#1', title: 'Watch' },
    spec,
    t0,
    environment: environmentWith(metricSource('http://127.0.0.1:1', bindings, { lag: span(lagMs) })),
    ...change,
  };
}

export interface Watched {
  clock: Clock;
  reader?: MetricReader;
  store?: EvidenceStore;
  /** Details of the last heartbeat of an earlier attempt. */
  heartbeatDetails?: unknown;
  /** Epoch ms at which the server scheduled it. */
  scheduledAt?: number;
  /** Called at each heartbeat; `cancel` takes the worker or the activity away. */
  onHeartbeat?: (heartbeat: WindowHeartbeat, cancel: MockActivityEnvironment['cancel']) => void;
}

export interface Watching {
  result: Promise<WindowResult>;
  environment: MockActivityEnvironment;
  heartbeats: WindowHeartbeat[];
  log: string[];
}

/** Runs `watchWindow` as a worker would, in the SDK's mocked activity environment. */
export function watch(
  input: WindowInput,
  { clock, reader, store = memoryStore(), heartbeatDetails, scheduledAt = 0, onHeartbeat }: Watched
): Watching {
  const quiet = new DefaultLogger('ERROR', () => undefined);
  const environment = new MockActivityEnvironment(
    { heartbeatDetails, scheduledTimestampMs: scheduledAt },
    { logger: quiet }
  );
  const heartbeats: WindowHeartbeat[] = [];
  environment.on('heartbeat', (details: WindowHeartbeat) => {
    // What the server keeps is JSON; later changes to the object must not reach it.
    heartbeats.push(JSON.parse(JSON.stringify(details)) as WindowHeartbeat);
    onHeartbeat?.(details, environment.cancel);
  });
  const log: string[] = [];
  const write = (_facts: object, message: string): void => void log.push(message);
  const activities = createWindowActivities({
    evidence: store,
    clock,
    logger: { info: write, warn: write, error: write },
    fetch,
    secrets: createSecrets({ env: {}, baseDir: '.' }),
    ...(reader && { readerOf: () => reader }),
  });
  const result: Promise<WindowResult> = environment.run(() => activities.watchWindow(input));
  return { result, environment, heartbeats, log };
}
