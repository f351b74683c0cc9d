import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { rollbackRequest } from '../../../src/plan/names.js';
import type { PhaseStatus, RollbackStatus, RunStatus } from '../../../src/plan/run-status.js';
import type { Front, Run } from '../../support/fire/front.js';
import { isScheduled, untilEvent, untilNoted } from '../../support/fire/moments.js';
import type { Manners } from '../../support/manners.js';
import { until } from '../../support/fire/until.js';
import { targetsOf } from '../../support/fire/targets.js';
import { rollbackAt } from './interfere.js';
import { waysBack, windowPlaces, type Place } from './long-way.js';
import { typeRollback, type Said } from './type.js';
import { phaseAt } from './way-to.js';

/** What is prepared so that the run of this name stays at a place until it is let go. */
export function prepare({ ground }: Front, name: string, place: Place): void {
  const {
    '1a': { jobs: earlier },
    '1b': { service, jobs: target },
  } = targetsOf(name);
  if (place === 'pause between phases') ground.hold({ verb: 'apply', target: earlier, when: 'after' });
  if (place === 'before-check') ground.tellProbe(`${name}-ready`, 'waits');
  if (place === 'HOLD') ground.tellProbe(`${name}-probe`, 'holds');
  if (place === 'deploy') ground.hold({ verb: 'apply', target, when: 'after' });
  if (place === 'validation HOLD') ground.tellProbe(`${name}-stays`, 'fails');
  if (place === 'rollback' || place === 'rollback again') ground.hold({ verb: 'undo', target, when: 'before' });
  if (place === 'rollback of all') ground.hold({ verb: 'undo', target: earlier, when: 'before' });
  // The last undo of the phase: beside one that keeps failing the others go on.
  if (place === 'undo HOLD') ground.failUndo(service, true);
}

export function letGo({ ground }: Front, name: string): void {
  const {
    '1a': { jobs: earlier },
    '1b': { service, jobs: target },
  } = targetsOf(name);
  for (const check of ['ready', 'probe', 'stays']) ground.tellProbe(`${name}-${check}`, 'passes');
  ground.letGo({ verb: 'apply', target, when: 'after' });
  for (const undone of [target, earlier]) ground.letGo({ verb: 'undo', target: undone, when: 'before' });
  ground.failUndo(service, false);
}

/** People who wait at the place, and go on once `over` says so. */
export function mannersAt(place: Place, { over, paused }: { over: () => boolean; paused: () => boolean }): Manners {
  return ({ kind, address }) => {
    // What is paused stops behind this step.
    if (kind === 'attestation' && place === 'pause') return paused() ? 'done' : undefined;
    if (kind === 'approval' && waysBack.includes(place)) return 'reject';
    // Nobody agrees that what is in use is taken back.
    if (kind === 'approval' && address.includes(`/${rollbackRequest}#`)) return over() ? 'reject' : undefined;
    if (kind === 'approval') return place === 'approval' && !over() ? undefined : 'approve';
    if (kind === 'attestation') return isAsked(place, address) && !over() ? undefined : 'done';
    // An undo that keeps failing has a HOLD too, which knows no attempt.
    return over() && address.startsWith(`${phaseAt(place)}/`) ? 'retry' : undefined;
  };
}

/** Whether the run stays at the place for this attestation. */
function isAsked(place: Place, address: string): boolean {
  const asked: readonly Place[] = [
    'pre-deployment',
    'attest',
    'validation',
    'rollback approval',
    'rollback of all',
    'rollback again',
  ];
  return asked.includes(place) && address.startsWith(`${phaseAt(place)}/`);
}

/**
 * Waits until the run is at the place, and does what leads there.
 *
 * @returns what somebody has typed who waits for its answer now, where that led there
 */
export async function reach(
  front: Front,
  run: Run,
  name: string,
  place: Place,
  onPaused: () => void
): Promise<{ typed?: Promise<Said> }> {
  const phase = front.phase(run, phaseAt(place));
  const { '1a': earlier, '1b': later } = targetsOf(name);
  const target = later.jobs;
  const rollback = rollbackAt(front, run, place);
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
  if (place === 'validation') await untilUnderWay(phase, 'watchCheck', 'watchWindow');
  if (place === 'pause') {
    await gate('attestation');
    await run.signal('pause', { by: 'dana', reason: 'a test says so' });
    onPaused();
    await until(`the pause of ${name}`, async () => (await phase.query<PhaseStatus>('status')).state === 'paused');
  }
  if (place === 'pause between phases') {
    await untilNoted(front.ground, { verb: 'apply', target: earlier.jobs }, 'effect');
    await run.signal('pause', { by: 'dana', reason: 'a test says so' });
    front.ground.letGo({ verb: 'apply', target: earlier.jobs, when: 'after' });
    await until(`the pause of ${name}`, async () => {
      const { state, phases } = await run.query<RunStatus>('status');
      return state === 'paused' && phases[0]?.state === 'completed';
    });
  }
  if (place === 'HOLD' || place === 'validation HOLD') await gate('hold');
  if (place === 'approval') await gate('approval');
  if (place === 'rollback approval') {
    await gate('attestation');
    await run.signal('rollback', { by: 'dana', reason: 'a test says so' });
    await gate('approval');
  }
  if (place === 'undo HOLD') await gate('hold', rollback);
  if (place === 'rollback') await untilNoted(front.ground, { verb: 'undo', target }, 'begin');
  if (place === 'verification') await untilWindow(rollback, 1);
  if (place === 'rollback of all') {
    await gate('attestation');
    await run.signal('rollback', { by: 'dana', reason: 'a test says so' });
    await untilNoted(front.ground, { verb: 'undo', target: earlier.jobs }, 'begin');
  }
  if (place !== 'rollback again') return {};
  await gate('attestation');
  // The phase first: its run looks what it left after some seconds, and a phase that loses its run undoes itself at once.
  await phase.terminate('a test');
  await run.terminate('a test');
  const typed = typeRollback(front, run.workflowId);
  await untilNoted(front.ground, { verb: 'undo', target }, 'begin');
  return { typed };
}

/** Places at which somebody paused the run. */
export const pauses: readonly Place[] = ['pause', 'pause between phases'];

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

/** Waits until an activity of each of these types is under way. */
async function untilUnderWay(handle: WorkflowHandle, ...types: string[]): Promise<void> {
  await until(`${types.join(' and ')} of ${handle.workflowId}`, async () => {
    const { raw } = await handle.describe();
    const begun = raw.pendingActivities?.filter(({ lastStartedTime }) => lastStartedTime) ?? [];
    return types.every((type) => begun.some(({ activityType }) => activityType?.name === type));
  });
}
