import { ActivityFailure, log } from '@temporalio/workflow';
import type { RunIdentity } from '../plan/run-input.js';
import { host } from './activities.js';
import { failureText } from './phase/attempt.js';

/**
 * Gives back what a run locked. A run that is over must not wait for ever for its lock workflow: what could not be
 * released is returned in words, and the next start says who still holds it.
 */
export async function releaseLocks(
  environment: string,
  { workflowId, runId }: Pick<RunIdentity, 'workflowId' | 'runId'>
): Promise<string | undefined> {
  try {
    await host.releaseLocks.executeWithOptions({ summary: 'Release the locks', scheduleToCloseTimeout: '2m' }, [
      { environment, run: workflowId, runId },
    ]);
    return undefined;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const reason = `its locks could not be released (${failureText(error)})`;
    log.error('The locks could not be released', { environment, reason });
    return reason;
  }
}
