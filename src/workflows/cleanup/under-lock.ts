import { ActivityFailure, workflowInfo } from '@temporalio/workflow';
import type { RemoveFlagsTask } from '../../plan/model.js';
import { flagLockKey } from '../../plan/names.js';
import type { CleanupInput } from '../../plan/run-input.js';
import { failureText } from '../phase/attempt.js';
import { releaseLocks } from '../release-locks.js';
import { takeLocks } from '../take-locks.js';

/** Why it was not done, or undefined; and what was left behind: until the clean-up ends nobody else can move the flags. */
export interface Removed {
  refusal: string | undefined;
  left?: string | undefined;
}

/**
 * No other run may move the flags meanwhile, nor a rollback of this one: the locks are the clean-up's own, so that it
 * gives back nothing that the run has taken again.
 */
export async function underLock(
  { run, environment }: CleanupInput,
  { keys }: RemoveFlagsTask,
  remove: () => Promise<string | undefined>
): Promise<Removed> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const holder = { ...run, workflowId, runId: firstExecutionRunId };
  try {
    const refusal = await takeLocks(environment.id, holder, keys.map(flagLockKey));
    if (refusal !== undefined) return { refusal };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { refusal: `nobody could establish whether another run moves the flags (${failureText(error)})` };
  }
  let refusal: string | undefined;
  let left: string | undefined;
  try {
    refusal = await remove();
  } finally {
    left = await releaseLocks(environment.id, holder);
  }
  return { refusal, left };
}
