import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { readRemovedFlags } from '../../plan/activity-answers.js';
import type { RemovedFlag } from '../../plan/cleanup/course.js';
import { cleanupWorkflowId } from '../../plan/names.js';
import { searchAttributes } from '../../plan/search-attributes.js';

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

/** The newest execution; undefined when it belongs to another run, or there never was one. */
async function look(
  client: Client,
  run: string,
  runId: string
): Promise<{ open: boolean; removed: RemovedFlag[] } | undefined> {
  try {
    const { status, memo, typedSearchAttributes } = await client.workflow.getHandle(cleanupWorkflowId(run)).describe();
    if (typedSearchAttributes.get(searchAttributes.run) !== runId) return undefined;
    return { open: status.name === 'RUNNING', removed: readRemovedFlags(memo?.['removed']) ?? [] };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
