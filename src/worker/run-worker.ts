import { Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createEnvironmentActivities } from '../activities/create-activities.js';
import { createHostActivities } from '../activities/host/index.js';
import { environmentQueue, windowQueue, workflowQueue } from '../plan/names.js';
import { activityDeps } from './activity-deps.js';
import { loadBundle, payloadConverterPath } from './bundle.js';
import { connect } from './connection.js';
import { promote, versionOf } from './deployment.js';
import { serveHealth } from './http.js';
import { createLogger, temporalLogger } from './logger.js';

export interface RunWorkerOptions {
  /** Id of the environment whose activities this worker runs; absent: workflows only. */
  environment?: string;
  /** False: activities only, for a worker inside a production network. Default true. */
  workflows?: boolean;
  /** Folder that relative paths of the environment start from. Default: the current folder. */
  workdir?: string;
  /** Default: `$XDG_STATE_HOME/phasegate/evidence`. */
  evidenceDir?: string;
  profile?: string;
  address?: string;
  namespace?: string;
  /** Health and metrics endpoint on loopback; 0 picks a free port. Default 0. */
  healthPort?: number;
  /** `host:port` of the SDK's own Prometheus endpoint; absent: none. */
  sdkMetrics?: string;
  /** Make this build current although another one is. */
  promote?: boolean;
  /** At most so many windows at once. Default 1100. */
  windowSlots?: number;
  logger?: Logger;
  /** Called once, when every task queue is polled. */
  onReady?: (ready: { healthUrl: string; buildId: string; queues: string[] }) => void;
  /** Stops the worker; SIGINT and SIGTERM do so too. */
  signal?: AbortSignal;
}

/** How long running activities may go on after a stop; a window hands itself over at once. */
const graceMs = 5_000;

/** Runs a worker until it is told to stop. Rejects with PG401 when Temporal does not answer. */
export async function runWorker(options: RunWorkerOptions = {}): Promise<void> {
  const logger = options.logger ?? createLogger();
  installRuntime(logger, options.sdkMetrics);
  const connections = await connect(options);
  const bundle = await loadBundle(temporalLogger(logger));
  const shared = {
    connection: connections.native,
    namespace: connections.namespace,
    dataConverter: { payloadConverterPath },
    shutdownGraceTime: graceMs,
    shutdownForceTime: 4 * graceMs,
    // A cancelled or handed-over window must learn of it within a second or two.
    maxHeartbeatThrottleInterval: '2s',
    defaultHeartbeatThrottleInterval: '2s',
  } satisfies Partial<WorkerOptions>;

  const workers: Worker[] = [];
  if (options.workflows !== false) {
    workers.push(
      await Worker.create({
        ...shared,
        taskQueue: workflowQueue,
        workflowBundle: { code: bundle.code },
        activities: createHostActivities(connections.client),
        stickyQueueScheduleToStartTimeout: '1s',
        workerDeploymentOptions: versionOf(bundle.buildId),
      })
    );
  }
  if (options.environment !== undefined) {
    const { environment, windows } = createEnvironmentActivities(activityDeps(options, logger));
    workers.push(
      await Worker.create({ ...shared, taskQueue: environmentQueue(options.environment), activities: environment }),
      await Worker.create({
        ...shared,
        taskQueue: windowQueue(options.environment),
        activities: windows,
        maxConcurrentActivityTaskExecutions: options.windowSlots ?? 1100,
      })
    );
  }
  const polling = (): boolean => workers.length > 0 && workers.every((worker) => worker.getState() === 'RUNNING');
  const queues = workers.map((worker) => worker.options.taskQueue);
  const health = await serveHealth({
    host: '127.0.0.1',
    port: options.healthPort ?? 0,
    ready: polling,
    about: { buildId: bundle.buildId, queues },
  });
  const stop = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    const running = workers.map((worker) => worker.run());
    // When one worker fails the others must not go on alone.
    const ended = Promise.all(running.map((run) => run.catch((error: unknown) => (stop(), Promise.reject(error)))));
    if (options.workflows !== false) {
      await promote(connections.client, bundle.buildId, { promote: options.promote ?? false, logger });
    }
    logger.info({ queues, buildId: bundle.buildId, health: health.url, temporal: connections.address }, 'worker is ready');
    options.onReady?.({ healthUrl: health.url, buildId: bundle.buildId, queues });
    await ended;
    logger.info('worker has stopped; its windows were handed over');
  } finally {
    stop();
    await health.close();
    await connections.close();
  }
}

let installed = false;
/** The Runtime is one per process; tests start several workers in one. */
function installRuntime(logger: Logger, sdkMetrics: string | undefined): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: temporalLogger(logger),
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(sdkMetrics === undefined ? {} : { metrics: { prometheus: { bindAddress: sdkMetrics } } }),
    },
  });
}
