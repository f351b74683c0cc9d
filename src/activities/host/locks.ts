import {
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { isCleanup, locksWorkflowId, workflowQueue } from '../../plan/names.js';
import type { LockAnswer, LockHolder } from '../contract.js';
import { readExecution } from './history.js';

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
  await send<number>(client, environment, 'release', { run, runId });
}

function ask(client: Client, { environment, keys, holder }: LockRequest): Promise<LockAnswer> {
  return send<LockAnswer>(client, environment, 'acquire', { keys, holder });
}

/** Where nobody keeps the locks, since there was no run yet or somebody ended their workflow, another one begins. */
async function send<Answer>(client: Client, environment: string, name: string, request: object): Promise<Answer> {
  const locks = client.workflow.getHandle(locksWorkflowId(environment));
  const held = await heldAtEnd(client, locks);
  if (held === undefined) {
    try {
      return await locks.executeUpdate<Answer, [object]>(name, { args: [request] });
    } catch (error) {
      // Somebody has ended it since.
      if (error instanceof WorkflowNotFoundError) return send(client, environment, name, request);
      throw error;
    }
  }
  const start = new WithStartWorkflowOperation('locks', {
    workflowId: locks.workflowId,
    taskQueue: workflowQueue,
    args: [held],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `Locks of ${environment}`,
  });
  return client.workflow.executeUpdateWithStart<Workflow, Answer, [object]>(name, {
    args: [request],
    startWorkflowOperation: start,
  });
}

/** What they held when their workflow was ended: the runs go on, and must not meet another one. Undefined: it is open. */
async function heldAtEnd(client: Client, locks: WorkflowHandle): Promise<Record<string, LockHolder> | undefined> {
  try {
    const { runId, status } = await locks.describe();
    if (status.name === 'RUNNING') return undefined;
    const { hasBegun, input = {} } = await readExecution(client, { workflowId: locks.workflowId, runId });
    if (!hasBegun) return input as Record<string, LockHolder>;
    return await client.workflow.getHandle(locks.workflowId, runId).query<Record<string, LockHolder>>('holders');
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return {};
    throw error;
  }
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
