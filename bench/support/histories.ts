import type { Client } from '@temporalio/client';

/** An event of a history, as far as benchmarks look at it. */
export interface SeenEvent {
  /** Without `EVENT_TYPE_`. */
  type: string;
  /** Epoch ms, by the clock of this machine: the server runs here too. */
  at: number;
  /** Type of the activity that was scheduled, started or completed. */
  activity: string | undefined;
}

export async function eventsOf(client: Client, workflowId: string): Promise<SeenEvent[]> {
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = new Map<string, string>();
  return (events ?? []).map((event) => {
    const { activityTaskScheduledEventAttributes: asked } = event;
    if (asked) scheduled.set(String(event.eventId), asked.activityType?.name ?? '');
    const of = event.activityTaskStartedEventAttributes ?? event.activityTaskCompletedEventAttributes;
    const { seconds = 0, nanos = 0 } = event.eventTime ?? {};
    return {
      type: typeNames[Number(event.eventType)] ?? String(event.eventType),
      at: Number(seconds) * 1000 + (nanos ?? 0) / 1e6,
      activity: asked ? (asked.activityType?.name ?? undefined) : scheduled.get(String(of?.scheduledEventId)),
    };
  });
}

/** The kinds that are looked for, by their numbers in the protocol. */
const typeNames: Record<number, string | undefined> = {
  1: 'WORKFLOW_EXECUTION_STARTED',
  6: 'WORKFLOW_TASK_STARTED',
  10: 'ACTIVITY_TASK_SCHEDULED',
  11: 'ACTIVITY_TASK_STARTED',
  12: 'ACTIVITY_TASK_COMPLETED',
  29: 'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
};

/** When the first event of a kind happened, after `since`. Undefined: it has not. */
export function firstAt(events: readonly SeenEvent[], type: string, activity?: string, since = 0): number | undefined {
  return events.find(
    (one) => one.type === type && one.at >= since && (activity === undefined || one.activity === activity)
  )?.at;
}

/** Events and bytes of a workflow, as the server counts them. */
export async function sizeOf(
  client: Client,
  workflowId: string,
  runId?: string
): Promise<{ events: number; bytes: number }> {
  const { historyLength, historySize } = await client.workflow.getHandle(workflowId, runId).describe();
  return { events: historyLength, bytes: historySize ?? 0 };
}
