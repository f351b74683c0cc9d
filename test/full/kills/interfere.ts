import type { WorkflowHandle } from '@temporalio/client';
import { rollbackWorkflowId } from '../../../src/plan/names.js';
import type { OutcomeKind } from '../../../src/plan/outcome.js';
import type { Front, Run } from '../../support/fire/front.js';
import type { Promised } from '../../support/fire/model/account.js';
import { resetBefore } from '../../support/stage/reset.js';
import { waysBack, type Place } from './long-way.js';

/** What a plain Temporal client may do to a run, from the UI or the `temporal` command. */
export const acts = [
  'terminate the migration',
  'terminate the phase',
  'terminate both',
  'cancel the migration',
  'cancel the phase',
  'reset the phase',
  'reset the migration',
] as const;
/** The same to a rollback, while there is one. */
export const actsOnRollback = ['terminate the rollback', 'cancel the rollback', 'reset the rollback'] as const;
export type Act = (typeof acts)[number] | (typeof actsOnRollback)[number];

export async function interfere(front: Front, run: Run, act: Act): Promise<void> {
  const migration = front.client.workflow.getHandle(run.workflowId);
  const phase = front.phase(run, '1b');
  if (act === 'terminate the migration' || act === 'terminate both') await migration.terminate('a test');
  if (act === 'terminate the phase' || act === 'terminate both') await phase.terminate('a test');
  if (act === 'cancel the migration') await migration.cancel();
  if (act === 'cancel the phase') await phase.cancel();
  if (act === 'reset the phase') await resetToLastTask(front, phase);
  if (act === 'reset the migration') await resetToLastTask(front, migration);
  const rollback = front.client.workflow.getHandle(rollbackWorkflowId(run.workflowId, '1b'));
  if (act === 'terminate the rollback') await rollback.terminate('a test');
  if (act === 'cancel the rollback') await rollback.cancel();
  if (act === 'reset the rollback') await resetToLastTask(front, rollback);
}

/** As `temporal workflow reset --type LastWorkflowTask`. */
async function resetToLastTask(front: Front, handle: WorkflowHandle): Promise<void> {
  const { events } = await handle.fetchHistory();
  const last = events?.findLast((event) => event.workflowTaskCompletedEventAttributes);
  // The helper resets to the task before the event that it is given.
  const next = events?.find((event) => last?.eventId && event.eventId?.gt(last.eventId)) ?? last;
  await resetBefore(front.client, handle, (event) => event === next || Boolean(next?.eventId?.eq(event.eventId ?? 0)));
}

/** Whether a person has to type `phasegate rollback` afterwards, as the run's own last words or its end ask for. */
export function needsRollback(act: Act): boolean {
  const acts: readonly Act[] = [
    'terminate the migration',
    'terminate both',
    'reset the migration',
    'terminate the rollback',
  ];
  return acts.includes(act);
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
  const kept = ofPhase.includes(act) ? ['1a'] : [];
  // A phase that was ended before its first change leaves nothing to take back.
  const early = act === 'terminate the phase' && (place === 'before-check' || place === 'flag');
  return { end: 'rolled back', kept, outcomes: early ? ['failed', 'rolled-back-verified'] : ['rolled-back-verified'] };
}
