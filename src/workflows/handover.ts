import { ActivityFailure, CancellationScope, log } from '@temporalio/workflow';
import { host } from './activities.js';
import { failureText } from './phase/attempt.js';

/** Whoever goes on begins without it rather than late. */
const patience = '30s';

/**
 * What a workflow of a run had come to that somebody ended from outside, as the input of its next execution; undefined
 * where nobody did, and where nobody can say.
 */
export async function handoverOf<T extends { schemaVersion: 1 }>(
  workflowId: string,
  run: string
): Promise<T | undefined> {
  const options = { summary: `What had ${workflowId} come to?`.slice(0, 180), scheduleToCloseTimeout: patience };
  try {
    const read = await CancellationScope.nonCancellable(() =>
      host.readHandover.executeWithOptions(options, [{ workflowId, run }])
    );
    return read.lost ? (read.handover as T) : undefined;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('What a workflow that was ended from outside had come to is not known', {
      workflowId,
      reason: failureText(error),
    });
    return undefined;
  }
}
