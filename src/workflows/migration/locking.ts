import { ActivityFailure } from '@temporalio/workflow';
import type { LockAnswer } from '../../activities/contract.js';
import { lockKeys } from '../../plan/names.js';
import { host } from '../activities.js';
import { failureText } from '../phase/attempt.js';
import type { MigrationRecord } from './record.js';

/** Locks the plan and everything that it moves. Returns why not, in words, when somebody else holds one of them. */
export async function lock(record: MigrationRecord): Promise<string | undefined> {
  try {
    const answer = await ask(record);
    if (!answer.granted) return refusalOf(answer, record.run.workflowId);
    record.locked();
    return undefined;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    // They may have been granted all the same: then they are given back at the end.
    record.locked();
    return `nobody could establish whether its locks were granted (${failureText(error)})`;
  }
}

function ask({ run, frozen }: MigrationRecord): Promise<LockAnswer> {
  const { workflowId, runId, startedBy, startedAt } = run;
  return host.acquireLocks.executeWithOptions({ summary: 'Take the locks of plan, flags and deploy targets' }, [
    {
      environment: frozen.environment.id,
      keys: lockKeys(frozen.plan),
      holder: { run: workflowId, runId, startedBy, since: startedAt },
    },
  ]);
}

function refusalOf({ conflicts }: Extract<LockAnswer, { granted: false }>, workflowId: string): string {
  const held = conflicts.map(({ key, holder }) => `${key} is held by ${holder.run} (started by ${holder.startedBy})`);
  const [first] = conflicts;
  // An earlier execution of the same run can only be named by its run id.
  const meant = first?.holder.run === workflowId ? first.holder.runId : (first?.holder.run ?? '');
  return `PG202 ${held.join('; ')}: wait for that run, or finish it with: phasegate rollback ${meant}`;
}
