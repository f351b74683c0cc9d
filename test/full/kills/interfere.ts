import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { rollbackWorkflowId } from '../../../src/plan/names.js';
import type { OutcomeKind } from '../../../src/plan/outcome.js';
import type { Front, Run } from '../../support/fire/front.js';
import type { Promised } from '../../support/fire/model/account.js';
import { resetBefore } from '../../support/stage/reset.js';
import { waysBack, type Place } from './long-way.js';
import { phaseAt } from './way-to.js';

/** What a plain Temporal client may do to a run, from the UI or the `temporal` command. */
const acts = [
  'terminate the migration',
  'terminate the phase',
  'terminate both',
  'cancel the migration',
  'cancel the phase',
  'reset the phase',
  'reset the migration',
] as const;
const actsOnMigration = ['terminate the migration', 'cancel the migration', 'reset the migration'] as const;
/** The same to a rollback, while there is one. */
const actsOnRollback = ['terminate the rollback', 'cancel the rollback', 'reset the rollback'] as const;
export type Act = (typeof acts)[number] | (typeof actsOnRollback)[number];

/** All that can be done to what is open at a place. */
export function actsAt(place: Place): readonly Act[] {
  if (place === 'pause between phases') return actsOnMigration;
  if (place === 'rollback of all') return [...actsOnMigration, ...actsOnRollback];
  if (place === 'rollback again') return actsOnRollback;
  return waysBack.includes(place) ? [...acts, ...actsOnRollback] : acts;
}

export async function interfere(front: Front, run: Run, act: Act, place: Place): Promise<void> {
  const migration = front.client.workflow.getHandle(run.workflowId);
  const phase = front.phase(run, phaseAt(place));
  if (act === 'terminate the migration' || act === 'terminate both') await migration.terminate('a test');
  if (act === 'terminate the phase') await phase.terminate('a test');
  if (act === 'terminate both') await terminateUnlessOver(phase);
  if (act === 'cancel the migration') await migration.cancel();
  if (act === 'cancel the phase') await phase.cancel();
  if (act === 'reset the phase') await resetToLastTask(front, phase);
  if (act === 'reset the migration') await resetToLastTask(front, migration);
  const rollback = rollbackAt(front, run, place);
  if (act === 'terminate the rollback') await rollback.terminate('a test');
  if (act === 'cancel the rollback') await rollback.cancel();
  if (act === 'reset the rollback') await resetToLastTask(front, rollback);
}

/** The rollback that is under way at a place. */
export function rollbackAt({ client }: Front, { workflowId }: Run, place: Place): WorkflowHandle {
  const names: Partial<Record<Place, string>> = { 'rollback of all': 'all', 'rollback again': 'again-1' };
  return client.workflow.getHandle(rollbackWorkflowId(workflowId, names[place] ?? '1b'));
}

/** A phase that has changed nothing is over the moment it hears that its migration was terminated. */
async function terminateUnlessOver(phase: WorkflowHandle): Promise<void> {
  await phase.terminate('a test').catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  });
}

type Event = temporal.api.history.v1.IHistoryEvent;

/** As `temporal workflow reset --type LastWorkflowTask`. */
export async function resetToLastTask(front: Front, handle: WorkflowHandle): Promise<void> {
  await resetTo(front, handle, (tasks) => tasks.at(-1));
}

/** As `temporal workflow reset --type FirstWorkflowTask`. */
export async function resetToFirstTask(front: Front, handle: WorkflowHandle): Promise<void> {
  await resetTo(front, handle, (tasks) => tasks[0]);
}

async function resetTo(
  front: Front,
  handle: WorkflowHandle,
  choose: (finishedTasks: Event[]) => Event | undefined
): Promise<void> {
  const { events } = await handle.fetchHistory();
  const task = choose((events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes));
  // The helper resets to the task before the event that it is given.
  const next = events?.find(({ eventId }) => task?.eventId && eventId?.gt(task.eventId)) ?? task;
  await resetBefore(front.client, handle, ({ eventId }) => Boolean(next?.eventId && eventId?.eq(next.eventId)));
}

/** Whether a person has to type `phasegate rollback` afterwards, as the run's own last words or its end ask for. */
export function needsRollback(act: Act, place: Place): boolean {
  // It knows by then all that is taken back, and waits for that.
  if (act === 'reset the migration' && place === 'rollback of all') return false;
  const acts: readonly Act[] = [
    'terminate the migration',
    'terminate both',
    'reset the migration',
    'terminate the rollback',
  ];
  return acts.includes(act);
}

/** Whether something of a run that did not complete stays in force, so that it has to say how that is taken back. */
export function leavesSomething({ end, kept = [], outcomes }: ReturnType<typeof promisedAfter>): boolean {
  return end === 'completed' ? outcomes.includes('failed') : kept.length > 0;
}

/** The end that a run promises after such an act, and the outcomes that say so. */
export function promisedAfter(act: Act, place: Place): Promised & { outcomes: OutcomeKind[] } {
  if (act === 'reset the phase' && !waysBack.includes(place)) return { end: 'completed', outcomes: ['completed'] };
  const ofPhase: readonly Act[] = [
    'terminate the phase',
    'reset the phase',
    'cancel the rollback',
    'reset the rollback',
  ];
  // Nothing had begun that could be kept or taken back.
  if (place === 'pre-deployment') return { end: 'rolled back', outcomes: ['failed'] };
  // What is validated stays as it is, whatever becomes of its validation.
  if (act === 'terminate the phase' && phaseAt(place) !== '1b') return { end: 'completed', outcomes: ['failed'] };
  const everything: readonly Place[] = ['rollback of all', 'rollback again'];
  const kept = ofPhase.includes(act) && !everything.includes(place) ? ['1a'] : [];
  // A phase that was ended before its first change leaves nothing to take back.
  const early: readonly Place[] = ['schedule', 'before-check', 'flag'];
  const mayFail = act === 'terminate the phase' && early.includes(place);
  return { end: 'rolled back', kept, outcomes: [...(mayFail ? ['failed' as const] : []), 'rolled-back-verified'] };
}
