import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';

/** Where nobody works; what is there belongs to no run. */
export const nobody = 'nobody';

/**
 * A run cancels the clean-up that an earlier one may have left. The test server never answers the cancel of something
 * that it does not know, so there is one: it ends when it was asked to, before anything else happens.
 */
export async function leaveEarlierCleanup({ workflow }: Client, workflowId: string): Promise<{ gone: Promise<void> }> {
  const handle = await workflow.start('cleanup', { workflowId, taskQueue: nobody });
  const asked = async (): Promise<boolean> => {
    const { events } = await handle.fetchHistory();
    return (events ?? []).some((event) => event.workflowExecutionCancelRequestedEventAttributes);
  };
  const end = async (): Promise<void> => {
    while (!(await asked())) await delay(50);
    await handle.terminate('it was asked to end');
  };
  return { gone: end() };
}
