import type { Client } from '@temporalio/client';
import protocol from '@temporalio/proto';

/** What one execution left on the server. */
export interface Size {
  workflowId: string;
  events: number;
  /** Of its events as they are stored. */
  bytes: number;
  /** Events by their type, without `EVENT_TYPE_`. */
  types: Record<string, number>;
}

const { History } = protocol.temporal.api.history.v1;
const { EventType } = protocol.temporal.api.enums.v1;

/** Every execution on a server, in the order of their ids. */
export async function sizesOf(client: Client): Promise<Size[]> {
  const sizes: Size[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const types: Record<string, number> = {};
    for (const { eventType } of events ?? []) {
      const name = (EventType[eventType ?? 0] ?? '').replace('EVENT_TYPE_', '');
      types[name] = (types[name] ?? 0) + 1;
    }
    const bytes = History.encode({ events: events ?? [] }).finish().length;
    sizes.push({ workflowId, events: events?.length ?? 0, bytes, types });
  }
  return sizes.toSorted((a, b) => a.workflowId.localeCompare(b.workflowId));
}

export function total(sizes: ReadonlyArray<Pick<Size, 'events' | 'bytes'>>): Pick<Size, 'events' | 'bytes'> {
  return sizes.reduce((sum, size) => ({ events: sum.events + size.events, bytes: sum.bytes + size.bytes }), {
    events: 0,
    bytes: 0,
  });
}
