import { temporal } from '@temporalio/proto';
import { isNotFound } from '../../../src/client/connection/failures.js';
import type { PhasegateClient } from '../../../src/client/phasegate-client.js';
import { cleanupWorkflowId } from '../../../src/plan/names.js';
import type { OutcomeKind } from '../../../src/plan/outcome.js';
import type { Stage } from '../../support/stage/stage.js';
import { movedBy } from './cell-plan.js';
import { slow, type Cell } from './cells.js';
import { incidentProblems } from './incident-problems.js';
import { cleanupProblems, leftProblems, readProblems } from './later-problems.js';
import type { ActivityName } from './places.js';
import type { Played } from './play.js';
import { takeBackRest } from './take-back-rest.js';
import { toldProblems } from './told-problems.js';
import { verdictProblems } from './verdict-problems.js';

const phases = ['1a', '1b'];
/** Where a fault might make the run forget what was there before. */
const touchesLedger: readonly ActivityName[] = ['captureChange', 'applyChange', 'verifyChange', 'undoChange'];

/** What is wrong with the end of a cell, in words; empty when all is as it must be. */
export async function faultsIn(stage: Stage, client: PhasegateClient, played: Played): Promise<string[]> {
  const { cell, status, plot } = played;
  const wrong: string[] = [];
  if (cell.occurrence.afterEnd) return afterEndProblems(stage, client, played);
  if (plot.struck === 0) wrong.push('the fault never struck');
  if (status.outcome === undefined) return [...wrong, 'the run has no outcome'];
  wrong.push(...endProblems(played), ...(await verdictProblems(stage, played)), ...inForceProblems(played));
  wrong.push(...effectProblems(played), ...orderProblems(played), ...(await toldProblems(stage, played)));
  wrong.push(...incidentProblems(played));
  wrong.push(...(await cleanupProblems(stage, client, played)), ...readProblems(played));
  wrong.push(...(await lockProblems(stage, played)), ...(await wedges(stage, played)));
  const { kind } = status.outcome;
  const finish = kind === 'rolled-back-not-verified';
  if (finish || (kind === 'completed' && touchesLedger.includes(cell.activity))) {
    if (!(await takeBackRest(stage, client, played))) wrong.push('a rollback after the end failed');
    const left = played.world.changed();
    // Finishing reaches what was kept, too: whatever was forgotten would be left.
    if (left.length > 0) wrong.push(`a rollback after the end left ${left.join(', ')} changed`);
  }
  return wrong;
}

/** A rollback of an ended run that was refused undid nothing, and the next one undoes everything. */
async function afterEndProblems(stage: Stage, client: PhasegateClient, played: Played): Promise<string[]> {
  const { cell, world } = played;
  const before = world.changed();
  const first = await takeBackRest(stage, client, played);
  const wrong = first || !slow.has(cell.fault) ? [] : ['the rollback was refused although another attempt would do'];
  if (!first && world.changed().join() !== before.join()) wrong.push('a refused rollback undid something');
  const second = first || (await takeBackRest(stage, client, played));
  if (!second) wrong.push('a second rollback was refused, too');
  const left = world.changed();
  if (left.length > 0) wrong.push(`the rollbacks left ${left.join(', ')} changed`);
  if (played.plot.struck === 0) wrong.push('the fault never struck');
  if (cell.occurrence.cleanup) wrong.push(...(await leftProblems(stage, played)));
  wrong.push(...effectProblems(played), ...(await lockProblems(stage, played)));
  return [...wrong, ...(await wedges(stage, played))];
}

function endProblems({ cell, status }: Played): string[] {
  const kind = status.outcome?.kind ?? '';
  const right = endOf(cell);
  return kind === right ? [] : [`ended ${kind}, not ${right}`];
}

/** The one right end of the run of a cell. */
function endOf(cell: Cell): OutcomeKind {
  if (cell.occurrence.trigger === undefined) return startsNothing(cell) ? 'failed' : 'completed';
  return leavesDoubt(cell) ? 'rolled-back-not-verified' : 'rolled-back-verified';
}

/** Without these nobody knows what there was to undo, or whether all is well again. */
function leavesDoubt({ activity, fault }: Cell): boolean {
  const needed: readonly ActivityName[] = ['runCheck', 'watchWindow', 'readLedger', 'readRollbacks'];
  return needed.includes(activity) && !slow.has(fault);
}

/** Without its locks a run fails before it changes anything; every other fault is for people to decide about. */
function startsNothing({ activity, place, fault }: Cell): boolean {
  return activity === 'acquireLocks' && place === 'first phase' && !slow.has(fault);
}

/** What a phase moved is in force when it completed, and as it was otherwise. */
function inForceProblems({ planId, world, status }: Played): string[] {
  const changed = world.changed();
  // A stage of the validation moves nothing.
  const movers = status.phases.filter(({ id }) => phases.includes(id));
  return movers.flatMap(({ id, state }) => {
    const moved = movedBy(planId, id);
    const off = state === 'completed' ? moved.filter((one) => !changed.includes(one)) : [];
    const left = state === 'completed' ? [] : moved.filter((one) => changed.includes(one));
    const owned = status.outcome?.kind === 'rolled-back-not-verified' && status.outcome.reason.includes('finish it');
    return [
      ...off.map((one) => `${id} completed and ${one} is not in force`),
      ...(owned ? [] : left.map((one) => `${id} is ${state} and ${one} is still changed`)),
    ];
  });
}

/**
 * One key for each change, but for those that a person asked to have tried again. That one key has but one effect is
 * for the targets to see to, which are fake here: test/activities/changes shows it of the real ones.
 */
function effectProblems({ planId, world, retried }: Played): string[] {
  return phases.flatMap((phase) =>
    movedBy(planId, phase).flatMap((target) => {
      const asked = retried.filter((address) => address.startsWith(`${phase}/${target.split('/')[0] ?? ''}`)).length;
      return (['apply', 'undo'] as const).flatMap((act) => {
        const keys = new Set(world.effects.filter((one) => one.act === act && one.target === target).map((e) => e.key));
        return keys.size > 1 + asked ? [`${act} ${target} was done under ${[...keys].join(', ')}`] : [];
      });
    })
  );
}

/**
 * Newest phase first; inside a phase the flag, which lets people see it, before what was deployed behind it. What keeps
 * failing waits for a person, and the others go on.
 */
function orderProblems({ planId, world, retried }: Played): string[] {
  if (retried.length > 0) return [];
  const order = phases.toReversed().flatMap((phase) => movedBy(planId, phase));
  const undone = world.effects.filter(({ act }) => act === 'undo').map(({ target }) => target);
  const firsts = order.map((target) => undone.indexOf(target)).filter((index) => index >= 0);
  const isInOrder = firsts.every((at, index) => index === 0 || at > (firsts[index - 1] ?? 0));
  return isInOrder ? [] : [`undone in another order than ${order.join(', ')}: ${undone.join(', ')}`];
}

async function lockProblems(stage: Stage, { run, status, cleanup }: Played): Promise<string[]> {
  const own = [run.workflowId, cleanupWorkflowId(run.workflowId)];
  const held = Object.values(await stage.lockHolders()).some((holder) => own.includes(holder.run));
  const { kind = '', reason = '' } = status.outcome ?? {};
  const steps = cleanup && 'steps' in cleanup ? cleanup.steps : [];
  const said = [reason, ...steps.map((step) => step.reason)];
  const isSaid = said.some((one) => one?.includes('its locks could not be released'));
  const mayHold = kind === 'rolled-back-not-verified' || isSaid;
  return held && !mayHold ? [`ended ${kind} and still holds its locks`] : [];
}

/** Causes of the server's own: something came while the task was under way, or the workflow was terminated in it. */
const harmless: ReadonlySet<unknown> = new Set([
  temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
  temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
]);

/**
 * On a machine that starves, a task may time out after its work is done: the server hands the update out once more, and
 * refuses the second yes to what it knows as completed. The next task goes on.
 */
function isLateUpdate({ cause, failure }: temporal.api.history.v1.IWorkflowTaskFailedEventAttributes): boolean {
  const bad =
    temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE;
  return cause === bad && /Acceptance message while in state Completed/.test(failure?.message ?? '');
}

const ofRun = [
  '',
  '/phase/1a',
  '/phase/1b',
  '/phase/checked',
  '/rollback/1a',
  '/rollback/1b',
  '/rollback/all',
  '/rollback/again-1',
];

/** Not every cell has all of them. */
function noneOfMissing(error: unknown): { events: [] } {
  if (isNotFound(error)) return { events: [] };
  throw error;
}

/** Workflow tasks that failed: the sign of an answer that the workflow code could not take. */
async function wedges(stage: Stage, { run }: Played): Promise<string[]> {
  const parts = [...ofRun, '/guard', '/alert/latency', '/alert/guard', '/incident/1', '/cleanup'].map(
    (part) => [part, stage.handleOf(`${run.workflowId}${part}`)] as const
  );
  const found = await Promise.all(
    [...parts, ['the locks', stage.locksHandle()] as const].map(async ([part, handle]) => {
      const { events } = await handle.fetchHistory().catch(noneOfMissing);
      return (events ?? []).flatMap((event) => {
        const failed = event.workflowTaskFailedEventAttributes;
        if (!failed || harmless.has(failed.cause) || isLateUpdate(failed)) return [];
        return [`${part} failed a workflow task: ${failed.cause} ${failed.failure?.message ?? ''}`];
      });
    })
  );
  return [...new Set(found.flat())];
}
