import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { CompletedActivity } from '../../plan/ledger-history.js';

/** The completed activities of one execution, in the order in which they completed, decoded as the client decodes. */
export async function completedActivities(
  client: Client,
  execution: { workflowId: string; runId?: string }
): Promise<CompletedActivity[]> {
  const history = await client.workflow.getHandle(execution.workflowId, execution.runId).fetchHistory();
  const types = new Map<string, string>();
  const found: CompletedActivity[] = [];
  for (const event of history.events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) types.set(String(event.eventId), scheduled.activityType?.name ?? '');
    const completed = event.activityTaskCompletedEventAttributes;
    if (!completed) continue;
    const [result] = await decodeArrayFromPayloads(client.options.loadedDataConverter, completed.result?.payloads);
    found.push({ type: types.get(String(completed.scheduledEventId)) ?? '', result });
  }
  return found;
}
