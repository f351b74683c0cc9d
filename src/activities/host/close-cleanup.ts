import { WorkflowNotFoundError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { readRemovedFlags } from '../../plan/activity-answers.js';
import { handedOn, removedByAll, type RemovedFlag } from '../../plan/cleanup/course.js';
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
    const before = await replaced(client, workflowId, runId, newest.runId);
    return { open: newest.status.name === 'RUNNING', removed: removedByAll([removedIn(newest), ...before]) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** What those executions knew whose place a reset gave to another one, newest first. */
async function replaced(client: Client, workflowId: string, run: string, newest: string): Promise<RemovedFlag[][]> {
  const older = (await listExecutions(client, workflowId, run))
    .filter(({ runId }) => runId !== newest)
    .filter(isReplaced);
  const described = await Promise.all(
    older.toReversed().map(({ runId }) => client.workflow.getHandle(workflowId, runId).describe())
  );
  // What a list says may be a moment old.
  return described.filter(isReplaced).map(removedIn);
}

function isReplaced({ status }: Pick<WorkflowExecutionInfo, 'status'>): boolean {
  return !handedOn(status.name);
}

function removedIn({ memo }: { memo?: Record<string, unknown> }): RemovedFlag[] {
  return readRemovedFlags(memo?.['removed']) ?? [];
}
