import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { PhasegateError } from '../../plan/errors.js';
import type { FrozenPlan, RunInput } from '../../plan/model.js';
import { lockKeys, migrationId, remarksOf, workflowQueue } from '../../plan/names.js';
import { unfitForProduction } from '../../plan/standing.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import type { Link } from '../connection/link.js';
import { openBelow } from '../read/family.js';
import type { RunRef } from '../read/snapshot.js';
import { requirePerson } from './person.js';
import { alreadyOpen, refuseIfLocked, refuseIfOpen } from './taken.js';

/**
 * Refuses to start a plan that nobody approved for production, and a start that would meet another run: of the same
 * plan, or on a flag or deploy target that somebody holds.
 * The migration asks for its locks again itself; this answers before anything exists, and says whose they are.
 *
 * @throws PhasegateError PG117 (not approved), PG201 (something of this plan is open), PG202 (locked), PG210 (the last run is not undone)
 */
export async function refuseIfUnable(link: Link, frozen: FrozenPlan): Promise<void> {
  const unfit = unfitForProduction(frozen);
  if (unfit !== undefined) throw new PhasegateError('PG117', unfit, { where: frozen.plan.id });
  const workflowId = migrationId(frozen.environment.id, frozen.plan.id);
  await refuseIfOpen(link, workflowId);
  const [below] = await openBelow(link, workflowId);
  if (below) {
    throw new PhasegateError('PG201', `${below.workflowId} of an earlier run is still open`, {
      where: workflowId,
      hint: `Watch it end with: phasegate watch ${workflowId}`,
    });
  }
  await refuseIfLocked(link, frozen.environment.id, lockKeys(frozen.plan));
}

/**
 * Starts the migration; see {@link refuseIfUnable} for what may stand against it.
 *
 * @param by must be one of the environment's people
 * @throws PhasegateError PG204 for anybody else
 */
export async function startRun(link: Link, frozen: FrozenPlan, by: string): Promise<RunRef> {
  const { plan, environment, digest } = frozen;
  const startedBy = requirePerson(environment, by);
  await refuseIfUnable(link, frozen);
  const workflowId = migrationId(environment.id, plan.id);
  const input: RunInput = { schemaVersion: 1, versions: [frozen], startedBy, namesBelieved: true, ownPages: true };
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
