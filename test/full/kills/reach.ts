import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { rollbackWorkflowId } from '../../../src/plan/names.js';
import type { PhaseStatus, RollbackStatus } from '../../../src/plan/run-status.js';
import type { Front, Run } from '../../support/fire/front.js';
import { isScheduled, untilEvent, untilNoted } from '../../support/fire/moments.js';
import type { Manners } from '../../support/manners.js';
import { until } from '../../support/fire/until.js';
import { targetsOf } from '../../support/fire/targets.js';
import { waysBack, windowPlaces, type Place } from './long-way.js';
import { phaseAt } from './way-to.js';

/** What is prepared so that the run of this name stays at a place until it is let go. */
export function prepare({ ground }: Front, name: string, place: Place): void {
  const { service, jobs: target } = targetsOf(name)['1b'];
  if (place === 'before-check') ground.tellProbe(`${name}-ready`, 'waits');
  if (place === 'HOLD') ground.tellProbe(`${name}-probe`, 'holds');
  if (place === 'deploy') ground.hold({ verb: 'apply', target, when: 'after' });
  if (place === 'rollback') ground.hold({ verb: 'undo', target, when: 'before' });
  // The last undo of the phase: beside one that keeps failing the others go on.
  if (place === 'undo HOLD') ground.failUndo(service, true);
}

export function letGo({ ground }: Front, name: string): void {
  const { service, jobs: target } = targetsOf(name)['1b'];
  ground.tellProbe(`${name}-ready`, 'passes');
  ground.tellProbe(`${name}-probe`, 'passes');
  ground.letGo({ verb: 'apply', target, when: 'after' });
  ground.letGo({ verb: 'undo', target, when: 'before' });
  ground.failUndo(service, false);
}

/** People who wait at the place, and go on once `over` says so. */
export function mannersAt(place: Place, { over, paused }: { over: () => boolean; paused: () => boolean }): Manners {
  return ({ kind, address }) => {
    // What is paused stops behind this step.
    if (kind === 'attestation' && place === 'pause') return paused() ? 'done' : undefined;
    if (kind === 'approval' && waysBack.includes(place)) return 'reject';
    if (kind === 'approval') return place === 'approval' && !over() ? undefined : 'approve';
    if (kind === 'attestation') return isAsked(place, address) && !over() ? undefined : 'done';
    // An undo that keeps failing has a HOLD too, which knows no attempt.
    return over() && address.startsWith('1b/') ? 'retry' : undefined;
  };
}

/** Whether the run stays at the place for this attestation. */
function isAsked(place: Place, address: string): boolean {
  const asked: readonly Place[] = ['pre-deployment', 'attest', 'validation'];
  return asked.includes(place) && address.startsWith(`${phaseAt(place)}/`);
}

/** Waits until the run is at the place. */
export async function reach(front: Front, run: Run, name: string, place: Place, onPaused: () => void): Promise<void> {
  const phase = front.phase(run, phaseAt(place));
  const target = targetsOf(name)['1b'].jobs;
  const rollback = front.client.workflow.getHandle(rollbackWorkflowId(run.workflowId, '1b'));
  const gate = (kind: string, handle = phase): Promise<unknown> =>
    until(`${kind} of ${name}`, async () =>
      (await handle.query<PhaseStatus | RollbackStatus>('status')).gates.some((open) => open.kind === kind)
    );
  const waits: readonly Place[] = ['schedule', 'validation wait'];
  if (waits.includes(place))
    await until(`the wait of ${name}`, async () => (await phase.query<PhaseStatus>('status')).opensAt);
  if (windowPlaces.includes(place)) await untilWindow(phase, windowPlaces.indexOf(place) + 1);
  if (place === 'before-check') await until(`the check of ${name}`, async () => front.ground.isProbed(`${name}-ready`));
  if (place === 'flag') await untilEvent(phase, 'the capture of the flag', isScheduled('captureChange'));
  if (place === 'deploy') await untilNoted(front.ground, { verb: 'apply', target }, 'effect');
  if (place === 'attest' || place === 'pre-deployment' || place === 'validation') await gate('attestation');
  if (place === 'pause') {
    await gate('attestation');
    await run.signal('pause', { by: 'dana', reason: 'a test says so' });
    onPaused();
    await until(`the pause of ${name}`, async () => (await phase.query<PhaseStatus>('status')).state === 'paused');
  }
  if (place === 'HOLD') await gate('hold');
  if (place === 'approval') await gate('approval');
  if (place === 'undo HOLD') await gate('hold', rollback);
  if (place === 'rollback') await untilNoted(front.ground, { verb: 'undo', target }, 'begin');
  if (place === 'verification') await untilWindow(rollback, 1);
}

/** Whoever paused a run lets it go on, unless it has ended. */
export async function resume({ client }: Front, { workflowId }: Run): Promise<void> {
  await client.workflow
    .getHandle(workflowId)
    .signal('resume', { by: 'dana' })
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    });
}

/** Waits until the n-th window of a phase or rollback has begun. */
async function untilWindow(handle: WorkflowHandle, nth: number): Promise<void> {
  await until(`window ${nth} of ${handle.workflowId}`, async () => {
    const { events = [] } = await handle.fetchHistory();
    if ((events ?? []).filter(isScheduled('watchWindow')).length < nth) return false;
    const { raw } = await handle.describe();
    return raw.pendingActivities?.some((one) => one.activityType?.name === 'watchWindow' && one.lastHeartbeatTime);
  });
}
