import { patched } from '@temporalio/workflow';
import { alertWorkflowId } from '../../plan/names.js';
import type { AlertInput, RunIdentity } from '../../plan/run-input.js';
import type { LevelNews } from '../../plan/trouble.js';
import { handoverOf } from '../handover.js';
import { startAlert } from './start-alert.js';
import { tellAlert } from './tell-alert.js';

/**
 * Tells the alert of a run that its metric is back, or that nobody watches it any more. One that was ended from outside goes
 * on in another for that: whoever it called would never hear that it is over, and its page would stay open.
 */
export async function endAlert(run: RunIdentity, key: string, news: LevelNews): Promise<void> {
  if (await tellAlert(run, key, news)) return;
  if (!patched('alert-goes-on')) return;
  const before = await handoverOf<AlertInput>(alertWorkflowId(run.workflowId, key), run.runId);
  if (before) await startAlert({ ...before, news, goesOn: true });
}
