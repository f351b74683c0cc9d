import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { HistoryActivity } from '../../plan/ledger-history.js';

/** The activities of one execution, in the order in which they were scheduled, decoded as the client decodes. */
export async function activitiesOf(
  client: Client,
  execution: { workflowId: string; runId?: string }
): Promise<HistoryActivity[]> {
  const history = await client.workflow.getHandle(execution.workflowId, execution.runId).fetchHistory();
  const found = new Map<string, HistoryActivity>();
  for (const event of history.events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) found.set(String(event.eventId), { type: scheduled.activityType?.name ?? '' });
    const completed = event.activityTaskCompletedEventAttributes;
    const activity = completed && found.get(String(completed.scheduledEventId));
    if (!activity) continue;
    [activity.result] = await decodeArrayFromPayloads(client.options.loadedDataConverter, completed.result?.payloads);
  }
  return [...found.values()];
}
