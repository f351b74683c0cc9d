import { getExternalWorkflowHandle, log, TemporalFailure } from '@temporalio/workflow';
import { bySeverity, isTroubleOfItsOwn, takesBack, troubleOfCause, troubleOfMetric } from '../../plan/guard/pages.js';
import type { GuardNews } from '../../plan/guard/state.js';
import type { GuardInput } from '../../plan/run-input.js';
import { troubleSignal, type Trouble } from '../../plan/trouble.js';
import { tellWorkflow } from '../tell-workflow.js';

/**
 * Tells the run of what makes an incident, or takes everything back. A run that is gone needs to hear nothing.
 *
 * @returns whether it has heard all of it
 */
export async function tellRun(input: GuardInput, news: readonly GuardNews[]): Promise<boolean> {
  let heard = true;
  for (const trouble of bySeverity(input, troubles(input, news))) {
    const reason = await tellWorkflow(input.run, troubleSignal, trouble);
    if (reason === undefined) continue;
    heard = false;
    log.warn('No run listens to this guard', { run: input.run.workflowId, reason });
    if (takesBack(input, trouble)) await callOff(input);
  }
  return heard;
}

/** A run that cannot be told, such as one that has heard all that a server lets it hear, is cancelled: that takes everything back. */
async function callOff({ run }: GuardInput): Promise<void> {
  try {
    await getExternalWorkflowHandle(run.workflowId, run.runId).cancel();
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    log.info('The run has ended', { run: run.workflowId, reason: error.message });
  }
}

function troubles(input: GuardInput, news: readonly GuardNews[]): Trouble[] {
  return news.flatMap((one): Trouble[] => {
    if (one.kind === 'metric' && one.to === 'critical' && isTroubleOfItsOwn(input, one.metric))
      return [troubleOfMetric(one)];
    if (one.kind !== 'cause' || !one.holds) return [];
    const seen = news.findLast((other) => other.kind === 'metric' && other.metric === one.metric);
    return [troubleOfCause(input, one, seen?.kind === 'metric' ? seen : {})];
  });
}
