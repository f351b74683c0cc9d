import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;

/**
 * Resets a workflow, as `temporal workflow reset` does, to the last finished workflow task before the first event that
 * matches. Returns the run id of the new execution.
 */
export async function resetBefore(
  client: Client,
  handle: WorkflowHandle,
  matches: (event: Event) => boolean
): Promise<string> {
  const { events } = await handle.fetchHistory();
  const history = events ?? [];
  const found = history.findIndex(matches);
  if (found < 0) throw new Error('no event of that kind in this history');
  // The event was written by a task that completed just before it: that task is the one to do again.
  const task = history.slice(0, found).findLast((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await client.connection.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId },
    reason: 'a test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: task?.eventId,
  });
  return runId;
}

/** For `resetBefore`: the n-th time (from 1) that an activity of this type was scheduled. */
export function scheduled(activityType: string, nth = 1): (event: Event) => boolean {
  let seen = 0;
  return (event) => {
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === activityType) seen += 1;
    return seen === nth;
  };
}
