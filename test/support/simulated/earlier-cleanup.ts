import type { Client } from '@temporalio/client';
import { workflowQueue } from '../../../src/plan/names.js';

/** A workflow that does nothing by itself and ends when it is cancelled. */
const idle = 'locks';

/**
 * A run cancels the clean-up that an earlier one may have left. The test server never answers the cancel of something
 * that it does not know, so something is there in its place. `gone` resolves when it was cancelled.
 */
export async function leaveEarlierCleanup({ workflow }: Client, workflowId: string): Promise<{ gone: Promise<void> }> {
  const handle = await workflow.start(idle, { workflowId, taskQueue: workflowQueue });
  const gone = handle.result().then(
    () => undefined,
    () => undefined
  );
  return { gone };
}

/** It belongs to no run, and no list shows it. */
export function isEarlierCleanup(type: string, workflowId: string): boolean {
  return type === idle && workflowId.startsWith('migration/');
}
