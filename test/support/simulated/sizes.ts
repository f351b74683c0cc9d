import type { Client } from '@temporalio/client';
import protocol, { type temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;

/** What one execution leaves on a server. */
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

/** Every execution on a server, as large as it were in reality: without the timers for the ends of what takes time. */
export async function sizesOf(client: Client): Promise<Size[]> {
  const sizes: Size[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const events = history.events ?? [];
    const bytes = History.encode({ events }).finish().length;
    sizes.push({ workflowId, events: events.length - simulated(events), bytes });
  }
  return sizes.toSorted((a, b) => a.workflowId.localeCompare(b.workflowId));
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

function summaryOf({ userMetadata }: Event): string {
  return Buffer.from(userMetadata?.summary?.data ?? []).toString();
}

export function total(sizes: readonly Size[]): Pick<Size, 'events' | 'bytes'> {
  return sizes.reduce((sum, size) => ({ events: sum.events + size.events, bytes: sum.bytes + size.bytes }), {
    events: 0,
    bytes: 0,
  });
}
