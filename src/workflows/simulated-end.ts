import { sleep } from '@temporalio/workflow';

/**
 * Gives the result of an activity that takes time when that time is over. In reality the activity ends with it; one of a
 * rehearsal returns at once, and says so itself: the clock here may be late (decision 009).
 */
export async function atItsEnd<T extends { endedAt: number; simulated?: true }>(activity: Promise<T>): Promise<T> {
  const found = await activity;
  if (found.simulated) await sleep(Math.max(1, found.endedAt - Date.now()), { summary: 'Simulated end' });
  return found;
}
