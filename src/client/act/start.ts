import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { LockHolder } from '../../activities/contract.js';
import { PhasegateError } from '../../plan/errors.js';
import type { FrozenPlan, RunInput } from '../../plan/model.js';
import { lockKeys, migrationId, remarksOf, workflowQueue } from '../../plan/names.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import type { Link } from '../connection/link.js';
import { describeRun, type Described } from '../read/describe.js';
import { openBelow } from '../read/family.js';
import type { RunRef } from '../read/snapshot.js';
import { lockHolders } from './locks.js';
import { requirePerson } from './person.js';

/**
 * Refuses a start that would meet another run: of the same plan, or on a flag or deploy target that somebody holds.
 * The migration asks for its locks again itself; this answers before anything exists, and says whose they are.
 *
 * @throws PhasegateError PG201 (something of this plan is open), PG202 (locked), PG210 (the last run is not undone)
 */
export async function refuseIfTaken(link: Link, frozen: FrozenPlan): Promise<void> {
  const workflowId = migrationId(frozen.environment.id, frozen.plan.id);
  await refuseIfOpen(link, workflowId);
  const [below] = await openBelow(link, workflowId);
  if (below) {
    throw new PhasegateError('PG201', `${below.workflowId} of an earlier run is still open`, {
      where: workflowId,
      hint: `Watch it end with: phasegate watch ${workflowId}`,
    });
  }
  // Without a worker nobody can tell; the migration asks again before it changes anything.
  const holders = (await lockHolders(link, frozen.environment.id)) ?? {};
  for (const key of lockKeys(frozen.plan)) {
    const holder = holders[key];
    if (holder) throw await lockedBy(link, key, holder);
  }
}

/**
 * Starts the migration; see {@link refuseIfTaken} for what may stand against it.
 *
 * @param by must be one of the environment's people
 * @throws PhasegateError PG204 for anybody else
 */
export async function startRun(link: Link, frozen: FrozenPlan, by: string): Promise<RunRef> {
  const { plan, environment, digest } = frozen;
  const startedBy = requirePerson(environment, by);
  await refuseIfTaken(link, frozen);
  const workflowId = migrationId(environment.id, plan.id);
  const input: RunInput = { schemaVersion: 1, versions: [frozen], startedBy };
  const phases = plan.phases.map(({ id, title }) => ({ id, title }));
  try {
    const handle = await link.call(`start of ${workflowId}`, () =>
      link.temporal.workflow.start('migration', {
        workflowId,
        taskQueue: workflowQueue,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        memo: { phasegate: { planTitle: plan.title, digest, startedBy, phases, remarks: remarksOf(environment) } },
        staticSummary: `${plan.title} in ${environment.title}`.slice(0, 180),
        staticDetails: details(frozen, startedBy),
        typedSearchAttributes: [
          { key: searchAttributes.plan, value: plan.id },
          { key: searchAttributes.environment, value: environment.id },
          { key: searchAttributes.status, value: 'waiting for locks' },
        ],
      })
    );
    return { workflowId, runId: handle.firstExecutionRunId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw alreadyOpen(workflowId);
    throw error;
  }
}

function details({ plan, environment, digest }: FrozenPlan, by: string): string {
  const remarks = remarksOf(environment).map((remark) => `\n- ${remark}`);
  return `${plan.description}\n\n- plan \`${plan.id}\`, \`${digest}\`\n- started by ${by}${remarks.join('')}`;
}

async function refuseIfOpen(link: Link, workflowId: string): Promise<void> {
  if ((await describeIfKnown(link, workflowId))?.open) throw alreadyOpen(workflowId);
}

async function describeIfKnown(link: Link, workflowId: string): Promise<Described | undefined> {
  try {
    return await describeRun(link, workflowId);
  } catch (error) {
    if (error instanceof PhasegateError && error.code === 'PG403') return undefined;
    throw error;
  }
}

function alreadyOpen(workflowId: string): PhasegateError {
  return new PhasegateError('PG201', `${workflowId} is running`, {
    hint: `Watch it with: phasegate watch ${workflowId}, or end it with: phasegate rollback ${workflowId}`,
  });
}

async function lockedBy(link: Link, key: string, holder: LockHolder): Promise<PhasegateError> {
  // The newest execution: locks stay with the first one of a run that was reset.
  const newest = await describeIfKnown(link, holder.run);
  const open = newest?.open === true && newest.firstRunId === holder.runId;
  const what = `${key} is held by ${holder.run}, started by ${holder.startedBy}`;
  if (open)
    return new PhasegateError('PG202', `${what}, which is running`, {
      hint: `Watch it with: phasegate watch ${holder.run}`,
    });
  return new PhasegateError('PG210', `${what}, which has ended and is not undone`, {
    hint: `Finish it with: phasegate rollback ${holder.run}`,
  });
}
