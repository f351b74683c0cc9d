import type { WorkflowHandle } from '@temporalio/client';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';

/** The id of the build of a worker. */
export function buildOf({ readyMatch }: ServerProcess): string {
  const build = readyMatch?.groups?.['build'];
  if (build === undefined) throw new Error('the worker did not say which build it is');
  return build;
}

/** The builds that worked on an execution, in the order in which they first did. */
export async function buildsOf(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const builds = (events ?? []).flatMap(
    (event) => event.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId ?? []
  );
  return [...new Set(builds)];
}
