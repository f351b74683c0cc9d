import { isCleanup } from '../plan/names.js';
import { removesFlags } from '../plan/cleanup/course.js';
import { rollbackLine } from '../plan/text/command-lines.js';
import type { LockAnswer } from '../activities/contract.js';
import type { RunIdentity } from '../plan/run-input.js';
import { host } from './activities.js';

/**
 * Locks everything named for a run, or nothing. Returns why not, in words, when somebody else holds one of them; what
 * the run holds already stays its own.
 */
export async function takeLocks(
  environment: string,
  { workflowId, runId, startedBy, startedAt }: RunIdentity,
  keys: string[]
): Promise<string | undefined> {
  const answer = await host.acquireLocks.executeWithOptions(
    { summary: 'Take the locks of plan, flags and deploy targets' },
    [{ environment, keys, holder: { run: workflowId, runId, startedBy, since: startedAt } }]
  );
  return answer.granted ? undefined : refusalOf(answer, workflowId);
}

function refusalOf({ conflicts }: Extract<LockAnswer, { granted: false }>, workflowId: string): string {
  const held = conflicts.map(({ key, holder }) => `${key} is held by ${holder.run} (started by ${holder.startedBy})`);
  const [first] = conflicts;
  if (conflicts.every(({ holder }) => isCleanup(holder.run))) return `PG202 ${held.join('; ')}: ${removesFlags}`;
  // An earlier execution of the same run can only be named by its run id.
  const meant = first?.holder.run === workflowId ? first.holder.runId : (first?.holder.run ?? '');
  return `PG202 ${held.join('; ')}: wait for that run, or finish it with: ${rollbackLine(meant)}`;
}
