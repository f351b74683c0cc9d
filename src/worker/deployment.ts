import type { Client } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { deploymentName } from '../plan/names.js';

/**
 * Workflow code is versioned from the first day: phases and rollbacks stay on the build they began on, migrations move
 * on. A workflow that says so cannot run on an unversioned worker at all: the server refuses its tasks.
 */
export function versionOf(buildId: string): NonNullable<WorkerOptions['workerDeploymentOptions']> {
  return { version: { deploymentName, buildId }, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' };
}

/** Whether new runs start on this build, or on which one they do. */
export type Standing = { current: true } | { current: false; instead: string };

/**
 * Makes this build the current version of the deployment, so that new runs start on it. Without `promote` only when
 * none is current yet; runs that are pinned to another build keep it either way.
 */
export async function promote(
  client: Client,
  buildId: string,
  options: { promote: boolean; logger: Logger; signal: AbortSignal }
): Promise<Standing> {
  const { workflowService } = client.connection;
  const { namespace } = client.options;
  // The deployment exists once the server has seen the worker's first poll.
  for (let attempt = 1; ; attempt++) {
    try {
      const { workerDeploymentInfo } = await workflowService.describeWorkerDeployment({ namespace, deploymentName });
      const current = workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId;
      if (current === buildId) return { current: true };
      if (current && !options.promote) {
        options.logger.warn(
          { current, buildId },
          'another build is current: this one serves only the runs pinned to it (use --promote)'
        );
        return { current: false, instead: current };
      }
      await workflowService.setWorkerDeploymentCurrentVersion({
        namespace,
        deploymentName,
        buildId,
        ignoreMissingTaskQueues: true,
        identity: client.options.identity,
      });
      options.logger.info({ buildId, before: current }, 'this build is current now');
      return { current: true };
    } catch (error) {
      if (attempt >= 60 || options.signal.aborted) throw error;
      await delay(Math.min(100 * attempt, 1000), undefined, { signal: options.signal });
    }
  }
}
