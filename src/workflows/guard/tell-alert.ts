import { getExternalWorkflowHandle, TemporalFailure } from '@temporalio/workflow';
import { alertWorkflowId } from '../../plan/names.js';
import type { RunIdentity } from '../../plan/run-input.js';
import { levelSignal, type LevelNews } from '../../plan/trouble.js';

/** Tells the alert of a run how its metric stands; false when it is not there, or has closed. */
export async function tellAlert({ workflowId }: RunIdentity, key: string, news: LevelNews): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(alertWorkflowId(workflowId, key)).signal(levelSignal, news);
    return true;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return false;
  }
}
