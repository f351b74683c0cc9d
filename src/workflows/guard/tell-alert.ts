import { alertWorkflowId } from '../../plan/names.js';
import type { RunIdentity } from '../../plan/run-input.js';
import { levelSignal, type LevelNews } from '../../plan/trouble.js';
import { tellWorkflow } from '../tell-workflow.js';

/** Tells the alert of a run how its metric stands; false when it is not there, or has closed. */
export async function tellAlert({ workflowId }: RunIdentity, key: string, news: LevelNews): Promise<boolean> {
  return (await tellWorkflow({ workflowId: alertWorkflowId(workflowId, key) }, levelSignal, news)) === undefined;
}
