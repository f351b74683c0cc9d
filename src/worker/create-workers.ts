import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createEnvironmentActivities } from '../activities/create-activities.js';
import { createHostActivities } from '../activities/host/index.js';
import { environmentQueue, windowQueue, workflowQueue } from '../plan/names.js';
import { activityDeps } from './activity-deps.js';
import { activityMetrics } from './activity-metrics.js';
import { payloadConverterPath, type WorkflowBundle } from './bundle.js';
import { codeTime } from './code-time.js';
import type { Connections } from './connection.js';
import { versionOf } from './deployment.js';
import type { RunWorkerOptions } from './options.js';

/** How long a command or an apply may go on after a stop; a window hands itself over at once. */
const graceMs = 5_000;

/**
 * Workflows kept in memory between their tasks; one that is not is replayed from its history. They wait for days, so a
 * worker of hundreds of runs must not keep them all (half a megabyte for each, windows included), while the runs that
 * people are busy with fit.
 */
const cachedWorkflows = 64;

/**
 * One worker per task queue of this process: workflows with what they need of their host, the activities of an
 * environment, and its windows with slots of their own, since each holds one for long.
 */
export async function createWorkers(
  options: RunWorkerOptions,
  parts: { connections: Connections; bundle: WorkflowBundle; registry: Registry; logger: Logger }
): Promise<Worker[]> {
  const { connections, bundle, registry, logger } = parts;
  const shared = {
    connection: connections.native,
    namespace: connections.namespace,
    dataConverter: { payloadConverterPath },
    shutdownGraceTime: graceMs,
    shutdownForceTime: 4 * graceMs,
    // A window that was cancelled or must be handed over learns of it with its next heartbeat.
    maxHeartbeatThrottleInterval: '2s',
    defaultHeartbeatThrottleInterval: '2s',
    interceptors: { activity: [activityMetrics(registry)] },
  } satisfies Partial<WorkerOptions>;

  const workers: Worker[] = [];
  try {
    if (options.workflows !== false) {
      workers.push(
        await Worker.create({
          ...shared,
          taskQueue: workflowQueue,
          workflowBundle: { code: bundle.code },
          activities: createHostActivities(connections.client),
          // After a crash the next worker answers queries as soon as this has passed.
          stickyQueueScheduleToStartTimeout: '1s',
          maxCachedWorkflows: cachedWorkflows,
          ...codeTime,
          workerDeploymentOptions: versionOf(bundle.buildId),
        })
      );
    }
    if (options.environment !== undefined) {
      const { environment, windows } = createEnvironmentActivities(activityDeps(options, logger));
      const { windowSlots = 1100 } = options;
      workers.push(
        await Worker.create({ ...shared, taskQueue: environmentQueue(options.environment), activities: environment }),
        await Worker.create({
          ...shared,
          taskQueue: windowQueue(options.environment),
          activities: windows,
          maxConcurrentActivityTaskExecutions: windowSlots,
          // Another worker goes on from the last heartbeat: nothing is gained by waiting.
          shutdownGraceTime: 0,
        })
      );
    }
    return workers;
  } catch (error) {
    await discard(workers);
    throw error;
  }
}

/** A worker gives its connection back only when it has run. */
async function discard(workers: readonly Worker[]): Promise<void> {
  await Promise.allSettled(
    workers.map((worker) => {
      const running = worker.run();
      worker.shutdown();
      return running;
    })
  );
}
