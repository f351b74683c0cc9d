import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Answer, MessageName } from '../../plan/wire.js';
import { isNotReady } from '../connection/failures.js';

const tries = 5;
/** What the server is in the middle of takes a moment. */
const pauseMs = 75;

/**
 * Sends an update and waits for its answer. One that closes a phase in the same moment in which something else happens
 * there is thrown back by the server, unseen by the workflow: it is sent again, under the same id.
 *
 * @throws WorkflowUpdateFailedError when it is refused; errors of the connection as they are
 */
export async function askUpdate(
  handle: WorkflowHandle,
  name: MessageName,
  message: unknown,
  updateId: string = randomUUID()
): Promise<Answer> {
  for (let left = tries; ; left -= 1) {
    try {
      return await handle.executeUpdate<Answer, [unknown]>(name, { args: [message], updateId });
    } catch (error) {
      if (left === 1 || !isNotReady(error)) throw error;
      await delay(pauseMs);
    }
  }
}
