import { type Client, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { phaseWorkflowId } from '../../../src/plan/names.js';
import { sendRaw } from '../../support/stage/raw-signal.js';
import type { BadSignal, Part } from './bad-signals.js';
import { endedPhase } from './course.js';

/** Sends signals to a run (by its workflow id), its phase 1a and one that has ended, so many at a time. */
export async function sendAll(
  client: Client,
  runId: string,
  signals: readonly BadSignal[],
  atATime: number
): Promise<{ refusedByServer: number }> {
  let refusedByServer = 0;
  const waiting = signals[Symbol.iterator]();
  const sender = async (): Promise<void> => {
    for (const { to, name, payload } of waiting) {
      const handle = handleOf(client, runId, to);
      try {
        if ('raw' in payload) await sendRaw(client, handle, name, [payload.raw]);
        else await handle.signal(name, ...payload.args);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        refusedByServer += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, sender));
  return { refusedByServer };
}

export function handleOf(client: Client, runId: string, to: Part): WorkflowHandle {
  if (to === 'run') return client.workflow.getHandle(runId);
  return client.workflow.getHandle(phaseWorkflowId(runId, to === 'ended' ? endedPhase : '1a'));
}
