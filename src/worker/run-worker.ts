import { setFlagsFromString } from 'node:v8';
import type { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { createFlagReader } from '../activities/create-activities.js';
import { readConnectionSettings } from '../connection/settings.js';
import { PhasegateError } from '../plan/errors.js';
import { activityDeps } from './activity-deps.js';
import { loadBundle } from './bundle.js';
import { connect, type Connections } from './connection.js';
import { createWorkers } from './create-workers.js';
import { promote, type Standing } from './deployment.js';
import { serveHealth } from './http.js';
import { createLogger } from './logger.js';
import type { RunWorkerOptions } from './options.js';
import { RunsLook } from './runs/look.js';
import type { Look } from './runs/seen.js';
import { watchRuns } from './runs/watch-runs.js';
import { installRuntime, removeRuntime } from './runtime.js';

/**
 * V8 lets a heap grow to several times of what lives in it before it looks for what is dead; a worker that waits for days
 * needs a third less memory so, for a few percent of its little work. It counts for every thread from now on.
 */
const frugal = '--heap-growing-percent=30';

/**
 * Runs a worker until it is told to stop.
 *
 * @throws PG401 when Temporal does not answer; PG407 when there would be nothing to do; PG409 when the health endpoint cannot listen;
 * PG410 when the Temporal configuration cannot be used
 */
export async function runWorker(options: RunWorkerOptions = {}): Promise<void> {
  if (options.workflows === false && options.environment === undefined) {
    throw new PhasegateError('PG407', 'a worker without workflows needs an environment', {
      hint: 'Name it with --env ID.',
    });
  }
  setFlagsFromString(frugal);
  const settings = readConnectionSettings(options, process.env);
  const logger = options.logger ?? createLogger();
  installRuntime(logger, options.sdkMetrics);
  const connections = await connect(settings).catch(async (error: unknown) => {
    await removeRuntime();
    throw error;
  });
  try {
    await host(options, connections, logger);
  } finally {
    await connections.close();
  }
}

async function host(options: RunWorkerOptions, connections: Connections, logger: Logger): Promise<void> {
  const bundle = await loadBundle();
  const { buildId } = bundle;
  const registry = new Registry();
  let workers: Worker[] = [];
  let standing: Standing | undefined;
  const queues = (): string[] => workers.map((worker) => worker.options.taskQueue);
  // Before the workers: one that was made and never ran keeps its connection open for good.
  const health = await serveHealth({
    host: options.healthHost ?? '127.0.0.1',
    port: options.healthPort ?? 0,
    registry,
    ready: () => workers.length > 0 && workers.every((worker) => worker.getState() === 'RUNNING'),
    about: () => ({ buildId, queues: queues(), ...standing }),
  });
  const over = new AbortController();
  let watching: Promise<void> | undefined;
  try {
    workers = await createWorkers(options, { connections, bundle, registry, logger });
    const { environment } = options;
    if (environment !== undefined) {
      const look = new RunsLook(connections.client, environment, createFlagReader(activityDeps(options, logger)));
      const take = (now: number, signal: AbortSignal): Promise<Look> => look.take(now, signal);
      watching = watchRuns({ environment, registry, logger, take, signal: over.signal });
    }
    await runAll(workers, options.signal, async (signal) => {
      if (options.workflows !== false) {
        standing = await promote(connections.client, buildId, { promote: options.promote ?? false, logger, signal });
      }
      logger.info({ queues: queues(), buildId, health: health.url, temporal: connections.address }, 'worker is ready');
      options.onReady?.({ healthUrl: health.url, buildId, queues: queues(), standing });
    });
    logger.info('worker has stopped; its windows were handed over');
  } finally {
    over.abort();
    await watching;
    await health.close();
  }
}

/** Runs the workers together: when one ends, none goes on alone. */
async function runAll(
  workers: readonly Worker[],
  signal: AbortSignal | undefined,
  ready: (over: AbortSignal) => Promise<void>
): Promise<void> {
  const over = new AbortController();
  const stop = (): void => {
    over.abort();
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const running = workers.map((worker) => worker.run().finally(stop));
  if (signal?.aborted) stop();
  try {
    await Promise.race([ready(over.signal), ...running]);
  } catch (error) {
    const asked = over.signal.aborted;
    stop();
    await Promise.allSettled(running);
    // What getting ready says of having been stopped is no news.
    if (!asked) throw error;
  }
  await Promise.all(running);
}
