import type { WorkflowExecutionStatusName } from '@temporalio/client';
import type { RunState } from '../../plan/run-status.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import type { Link } from '../connection/link.js';
import { isRunState, type Described } from './describe.js';
import { quoted } from './visibility.js';
import type { RunRef } from './snapshot.js';

/** A child, or a rollback that the CLI started, of one execution of a migration. */
export interface Relative extends RunRef {
  type: string;
  status: WorkflowExecutionStatusName;
  open: boolean;
  state?: RunState;
  awaiting: string[];
  deadlineAt?: number;
  startedAt: number;
  closedAt?: number;
}

/**
 * Everything that belongs to a run, oldest first, whichever of its executions started it. The visibility store may be a
 * moment behind.
 */
export async function readFamily(link: Link, { firstRunId }: Pick<Described, 'firstRunId'>): Promise<Relative[]> {
  return listRelatives(link, `PhasegateRun = ${quoted(firstRunId)}`);
}

/**
 * What is open below a migration's id, of this or an earlier execution, and moves what a new run would. Clean-up,
 * alerts and incidents outlive their run, and a guard ends by itself.
 */
export async function openBelow(link: Link, migration: string): Promise<Relative[]> {
  const found = await listRelatives(
    link,
    `WorkflowId STARTS_WITH ${quoted(`${migration}/`)} AND ExecutionStatus = 'Running'`
  );
  return found.filter(moves);
}

/** What people are called by, and is open: alerts and incidents below a migration's id, of this or an earlier execution. */
export async function openCalls(link: Link, migration: string): Promise<Relative[]> {
  return listRelatives(
    link,
    `WorkflowId STARTS_WITH ${quoted(`${migration}/`)} AND WorkflowType IN ('alert', 'incident') AND ExecutionStatus = 'Running'`
  );
}

/** Only phases and rollbacks hold or undo changes. */
export function moves(relative: Relative): boolean {
  return relative.type === 'deploymentPhase' || relative.type === 'rollback';
}

/** Phases and rollbacks that are open: of one environment, or of all. */
export async function openParts(link: Link, environmentId: string | undefined): Promise<Relative[]> {
  const where = environmentId === undefined ? '' : ` AND PhasegateEnvironment = ${quoted(environmentId)}`;
  return listRelatives(link, `WorkflowType IN ('deploymentPhase', 'rollback') AND ExecutionStatus = 'Running'${where}`);
}

async function listRelatives(link: Link, query: string): Promise<Relative[]> {
  return link.call(`list ${query}`, async () => {
    const found: Relative[] = [];
    for await (const info of link.temporal.workflow.list({ query })) {
      const state = info.typedSearchAttributes.get(searchAttributes.status);
      const deadline = info.typedSearchAttributes.get(searchAttributes.deadline);
      found.push({
        workflowId: info.workflowId,
        runId: info.runId,
        type: info.type,
        status: info.status.name,
        open: info.status.name === 'RUNNING' || info.status.name === 'PAUSED',
        ...(isRunState(state) ? { state } : {}),
        awaiting: info.typedSearchAttributes.get(searchAttributes.awaiting) ?? [],
        ...(deadline ? { deadlineAt: deadline.getTime() } : {}),
        startedAt: info.startTime.getTime(),
        ...(info.closeTime ? { closedAt: info.closeTime.getTime() } : {}),
      });
    }
    return found.toSorted((a, b) => a.startedAt - b.startedAt);
  });
}
