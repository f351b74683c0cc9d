import type { Worker } from '@temporalio/worker';
import { Registry } from 'prom-client';
import { PhasegateError } from '../plan/errors.js';
import { loadBundle } from './bundle.js';
import { connect } from './connection.js';
import { createWorkers } from './create-workers.js';
import { promote } from './deployment.js';
import { serveHealth } from './http.js';
import { createLogger, temporalLogger } from './logger.js';
import type { RunWorkerOptions } from './options.js';
import { installRuntime } from './runtime.js';

/**
 * Runs a worker until it is told to stop.
 *
 * @throws PG401 when Temporal does not answer; PG407 when there would be nothing to do
 */
export async function runWorker(options: RunWorkerOptions = {}): Promise<void> {
  if (options.workflows === false && options.environment === undefined) {
    throw new PhasegateError('PG407', 'a worker without workflows needs an environment', {
      hint: 'Name it with --env ID.',
    });
  }
  const logger = options.logger ?? createLogger();
  installRuntime(logger, options.sdkMetrics);
  const connections = await connect(options);
  try {
    const bundle = await loadBundle(temporalLogger(logger));
    const registry = new Registry();
    const workers = await createWorkers(options, { connections, bundle, registry, logger });
    const queues = workers.map((worker) => worker.options.taskQueue);
    const health = await serveHealth({
      host: '127.0.0.1',
      port: options.healthPort ?? 0,
      registry,
      ready: () => workers.every((worker) => worker.getState() === 'RUNNING'),
      about: { buildId: bundle.buildId, queues },
    });
    try {
      await runAll(workers, options.signal, async () => {
        if (options.workflows !== false)
          await promote(connections.client, bundle.buildId, { promote: options.promote ?? false, logger });
        logger.info(
          { queues, buildId: bundle.buildId, health: health.url, temporal: connections.address },
          'worker is ready'
        );
        options.onReady?.({ healthUrl: health.url, buildId: bundle.buildId, queues });
      });
      logger.info('worker has stopped; its windows were handed over');
    } finally {
      await health.close();
    }
  } finally {
    await connections.close();
  }
}

/** Runs the workers together: when one ends, none goes on alone. */
async function runAll(
  workers: readonly Worker[],
  signal: AbortSignal | undefined,
  ready: () => Promise<void>
): Promise<void> {
  const stop = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const running = workers.map((worker) => worker.run().finally(stop));
  try {
    await Promise.race([ready(), ...running]);
  } catch (error) {
    stop();
    await Promise.allSettled(running);
    throw error;
  }
  await Promise.all(running);
}
