import { WithStartWorkflowOperation, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { isCleanup, locksWorkflowId, workflowQueue } from '../../plan/names.js';
import type { LockAnswer, LockHolder } from '../contract.js';

interface LockRequest {
  environment: string;
  keys: string[];
  holder: LockHolder;
}

/**
 * All keys or none. A clean-up locks flags for the seconds in which it removes them, and leaves nothing to be undone: of
 * one that was ended in between, such as by a terminate, the locks are given back for it.
 */
export async function acquireLocks(client: Client, request: LockRequest): Promise<LockAnswer> {
  const answer = await ask(client, request);
  if (answer.granted) return answer;
  const holders = answer.conflicts.map(({ holder }) => holder).filter(({ run }) => isCleanup(run));
  const ended: LockHolder[] = [];
  for (const holder of holders) if (await hasEnded(client, holder)) ended.push(holder);
  for (const holder of ended) await releaseLocks(client, request.environment, holder);
  return ended.length > 0 ? ask(client, request) : answer;
}

/** Gives back everything that this run, or clean-up, holds. */
export async function releaseLocks(
  client: Client,
  environment: string,
  { run, runId }: Pick<LockHolder, 'run' | 'runId'>
): Promise<void> {
  await client.workflow
    .getHandle(locksWorkflowId(environment))
    .executeUpdate<number, [{ run: string; runId: string }], 'release'>('release', {
      args: [{ run, runId }],
    });
}

function ask(client: Client, { environment, keys, holder }: LockRequest): Promise<LockAnswer> {
  const start = new WithStartWorkflowOperation('locks', {
    workflowId: locksWorkflowId(environment),
    taskQueue: workflowQueue,
    args: [],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `Locks of ${environment}`,
  });
  return client.workflow.executeUpdateWithStart<Workflow, LockAnswer, [{ keys: string[]; holder: LockHolder }]>(
    'acquire',
    {
      args: [{ keys, holder }],
      startWorkflowOperation: start,
    }
  );
}

/** Whether no execution of the chain that holds them is open. */
async function hasEnded(client: Client, { run, runId }: LockHolder): Promise<boolean> {
  try {
    const { status, runId: present, raw } = await client.workflow.getHandle(run).describe();
    return status.name !== 'RUNNING' || (raw.workflowExecutionInfo?.firstRunId || present) !== runId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
