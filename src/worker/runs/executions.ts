import type { Client } from '@temporalio/client';
import { searchAttributes } from '../../plan/search-attributes.js';

/** An open execution of the environment, or a migration that ended lately. */
export interface Execution {
  workflowId: string;
  runId: string;
  type: string;
  plan: string;
  /** Epoch ms. */
  startedAt: number;
  state: string;
}

/** So many are read in one look; a run has some four that are open. */
const atMost = 400;
const endedWithinMs = 24 * 3_600_000;
/** A run without its migration is not told at all, and its guard begins early too: the newest are not what counts there. */
const types = [
  ['migration', 'guard'],
  ['deploymentPhase', 'rollback', 'alert', 'incident'],
];

/** Everything open of an environment's runs, as the visibility store has it: migrations and guards, then the others, each newest first. */
export async function openExecutions(
  client: Client,
  environment: string
): Promise<{ executions: Execution[]; unread: number }> {
  const executions: Execution[] = [];
  let unread = 0;
  for (const alike of types) {
    const named = alike.map((type) => `'${type}'`).join(', ');
    for await (const info of client.workflow.list({
      query: `${of(environment)} AND ExecutionStatus = 'Running' AND WorkflowType IN (${named})`,
    })) {
      const plan = info.typedSearchAttributes.get(searchAttributes.plan);
      if (plan === undefined) continue;
      const state = info.typedSearchAttributes.get(searchAttributes.status) ?? 'running';
      const { workflowId, runId, type } = info;
      const execution = { workflowId, runId, type, plan, startedAt: info.startTime.getTime(), state };
      if (executions.length < atMost) executions.push(execution);
      else if (++unread >= atMost) return { executions, unread };
    }
  }
  return { executions, unread };
}

/** Of each plan the run that ended last, if that was not long ago. */
export async function endedRuns(client: Client, environment: string, now: number): Promise<Execution[]> {
  const since = new Date(now - endedWithinMs).toISOString();
  const latest = new Map<string, Execution>();
  for await (const info of client.workflow.list({
    query: `${of(environment)} AND ExecutionStatus != 'Running' AND WorkflowType = 'migration' AND CloseTime > '${since}'`,
  })) {
    const plan = info.typedSearchAttributes.get(searchAttributes.plan);
    const startedAt = info.startTime.getTime();
    if (plan === undefined || (latest.get(plan)?.startedAt ?? 0) > startedAt) continue;
    const outcome = info.memo?.['outcome'] as { kind?: string } | undefined;
    const { workflowId, runId, type } = info;
    latest.set(plan, { workflowId, runId, type, plan, startedAt, state: outcome?.kind ?? 'terminated' });
    if (latest.size >= atMost) break;
  }
  return [...latest.values()];
}

/** Ids of environments have no character that a query would take for its own. */
function of(environment: string): string {
  return `PhasegateEnvironment = '${environment.replaceAll("'", "''")}'`;
}
