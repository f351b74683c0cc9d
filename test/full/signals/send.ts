import type { Client, WorkflowHandle } from '@temporalio/client';
import { sendRaw } from '../../support/stage/raw-signal.js';
import type { BadSignal } from './bad-signals.js';

/** What a workflow's history has come to. */
export interface Size {
  events: number;
  bytes: number;
  signals: number;
}

export async function sizeOf(handle: WorkflowHandle): Promise<Size> {
  const { raw } = await handle.describe();
  const { events = [] } = await handle.fetchHistory();
  return {
    events: Number(raw.workflowExecutionInfo?.historyLength ?? 0),
    bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
    signals: (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length,
  };
}

/** Sends signals to a run (by its workflow id) and its phase 1a, so many at a time. */
export async function sendAll(
  client: Client,
  runId: string,
  signals: readonly BadSignal[],
  atATime: number
): Promise<void> {
  const waiting = signals[Symbol.iterator]();
  const sender = async (): Promise<void> => {
    for (const { to, name, payload } of waiting) {
      const handle = client.workflow.getHandle(to === 'run' ? runId : `${runId}/phase/1a`);
      if ('raw' in payload) await sendRaw(client, handle, name, [payload.raw]);
      else await handle.signal(name, ...payload.args);
    }
  };
  await Promise.all(Array.from({ length: atATime }, sender));
}
