import { patched, workflowInfo } from '@temporalio/workflow';

/**
 * Whether an execution that a Temporal reset made gets here without having been here before: what lies behind this
 * point was forgotten by the reset, and nobody knows from here what it did to production.
 *
 * @param point unique name of a place in the workflow's story; the answer is recorded under it, so that a replay of
 *   what happened before the reset does not meet it
 */
export function isAfterReset(point: string): boolean {
  const { runId, firstExecutionRunId, unsafe } = workflowInfo();
  // A replay goes by the record alone: outside the server a history no longer knows that it is a reset one.
  return (unsafe.isReplaying || runId !== firstExecutionRunId) && patched(`reset/${point}`);
}
