import type { Client } from '@temporalio/client';
import protocol, { type temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;

/** What a workflow leaves on a server, all its executions together. */
export interface Size {
  workflowId: string;
  events: number;
  /** Of its events as they are stored. */
  bytes: number;
}

const { History } = protocol.temporal.api.history.v1;
/** Of the timer that only a rehearsal has (`src/workflows/simulated-end.ts`). */
const simulatedEnd = '"Simulated end"';
const eventsOfTimer = 2;
const eventsOfTask = 3;

/**
 * Every workflow on a server, as large as it were in reality: without the timers for the ends of what takes time, and
 * without the workflow tasks that nothing began.
 */
export async function sizesOf(client: Client): Promise<Size[]> {
  const sizes = new Map<string, Size>();
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const events = history.events ?? [];
    const bytes = History.encode({ events }).finish().length;
    const before = sizes.get(workflowId) ?? { events: 0, bytes: 0 };
    const own = events.length - simulated(events) - eventsOfTask * idleTasks(events);
    sizes.set(workflowId, { workflowId, events: before.events + own, bytes: before.bytes + bytes });
  }
  return [...sizes.values()].toSorted((a, b) => a.workflowId.localeCompare(b.workflowId));
}

/** Of each such timer its start and its end, and the workflow task behind those that ended in the same second. */
function simulated(events: readonly Event[]): number {
  const timers = new Set(
    events
      .filter((event) => summaryOf(event) === simulatedEnd)
      .map((event) => event.timerStartedEventAttributes?.timerId)
  );
  const ends = events.filter((event) => timers.has(event.timerFiredEventAttributes?.timerId ?? ''));
  const tasks = new Set(ends.map((event) => String(event.eventTime?.seconds)));
  return eventsOfTimer * ends.length + eventsOfTask * tasks.size;
}

/**
 * Workflow tasks right behind another one, with nothing between them and without any effect: the test server begins one
 * where an activity was taken in the middle of a task, the real one does not.
 */
function idleTasks(events: readonly Event[]): number {
  let idle = 0;
  let happened = true;
  for (const [index, event] of events.entries()) {
    if (event.workflowTaskCompletedEventAttributes) {
      const next = events[index + 1];
      const hasEffect = next !== undefined && isOfTask(next);
      if (!happened && !hasEffect) idle += 1;
      happened = false;
    } else if (!isOfTask(event) && !isPartOfTask(event)) happened = true;
  }
  return idle;
}

/** What a workflow task does. */
function isOfTask(event: Event): boolean {
  if (event.workflowExecutionUpdateAcceptedEventAttributes ?? event.workflowExecutionUpdateCompletedEventAttributes)
    return true;
  return Object.values(event).some(
    (value) => typeof value === 'object' && value !== null && 'workflowTaskCompletedEventId' in value
  );
}

function isPartOfTask(event: Event): boolean {
  return !!(
    event.workflowTaskScheduledEventAttributes ??
    event.workflowTaskStartedEventAttributes ??
    event.activityTaskStartedEventAttributes
  );
}

function summaryOf({ userMetadata }: Event): string {
  return Buffer.from(userMetadata?.summary?.data ?? []).toString();
}

export function total(sizes: readonly Size[]): Pick<Size, 'events' | 'bytes'> {
  return sizes.reduce((sum, size) => ({ events: sum.events + size.events, bytes: sum.bytes + size.bytes }), {
    events: 0,
    bytes: 0,
  });
}
