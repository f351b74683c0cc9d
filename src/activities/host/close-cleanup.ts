import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { readRemovedFlags } from '../../plan/activity-answers.js';
import { removedByAll, type CleanupExecution, type RemovedFlag } from '../../plan/cleanup/course.js';
import { cleanupWorkflowId } from '../../plan/names.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import { listExecutions } from './history.js';

/**
 * Ends the clean-up of one run, for whoever takes that run back. It is read again after its cancellation: in that very
 * moment it may have begun to remove flags.
 *
 * @returns the flags that it removed, or began to: then there is no way back
 */
export async function closeCleanup(client: Client, run: string, runId: string): Promise<RemovedFlag[]> {
  const before = await look(client, run, runId);
  if (!before || before.removed.length > 0) return before?.removed ?? [];
  if (!before.open) return [];
  await client.workflow.getHandle(cleanupWorkflowId(run)).cancel();
  return (await look(client, run, runId))?.removed ?? [];
}

/** As the newest execution stands; undefined when it belongs to another run, or there never was one. */
async function look(
  client: Client,
  run: string,
  runId: string
): Promise<{ open: boolean; removed: RemovedFlag[] } | undefined> {
  try {
    const workflowId = cleanupWorkflowId(run);
    const newest = await client.workflow.getHandle(workflowId).describe();
    if (newest.typedSearchAttributes.get(searchAttributes.run) !== runId) return undefined;
    const read = async (older: string): Promise<CleanupExecution> =>
      executionOf(await client.workflow.getHandle(workflowId, older).describe());
    const listed = (await listExecutions(client, workflowId, runId)).map((one) => ({
      runId: one.runId,
      status: one.status.name,
    }));
    return { open: newest.status.name === 'RUNNING', removed: await removedByAll(executionOf(newest), listed, read) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function executionOf({ runId, status, memo }: WorkflowExecutionDescription): CleanupExecution {
  return { runId, status: status.name, removed: readRemovedFlags(memo?.['removed']) ?? [] };
}
