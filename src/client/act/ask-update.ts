import { setTimeout as delay } from 'node:timers/promises';
import { isNotReady } from '../connection/failures.js';

const tries = 5;
/** What the server is in the middle of takes a moment. */
const pauseMs = 75;

/**
 * Sends an update, again and again under its one id, until the server does not throw it back any more. One that closes a
 * phase in the same moment in which something else happens there comes back unseen by the workflow.
 *
 * @param send sends it and waits for its answer; each try has the time that it takes for itself
 * @throws what the last try threw
 */
export async function untilTaken<T>(send: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left -= 1) {
    try {
      return await send();
    } catch (error) {
      if (left === 1 || !isNotReady(error)) throw error;
      await delay(pauseMs);
    }
  }
}
