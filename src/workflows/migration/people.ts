import { CancellationScope, condition, patched } from '@temporalio/workflow';
import type { Objection } from '../../plan/gate-rules.js';
import { inValidation } from '../../plan/phases.js';
import { pausedAlready } from '../../plan/text/sentences.js';
import { refused } from '../messages.js';
import { changedNothing, goingBack } from '../phase/commands.js';
import { Turnstile } from '../turnstile.js';
import { listenToDeclarations } from './declaring.js';
import type { IncidentDesk } from './incidents.js';
import type { MigrationRecord } from './record.js';
import { signalPhase, stopNow } from './stopping.js';

const noPhase: Objection = { code: 'PG203', reason: 'no phase is under way, so no gate is open' };

/** Locks are given back and people are told; what is in force can be taken back when that is done. */
const ending: Objection = {
  code: 'PG213',
  reason: 'this run is just ending: in a moment it can be rolled back as a run that has ended',
};

/**
 * What people can say to a run. Pause, resume and rollback are the run's own and are handed on to the phase under way;
 * answers to gates belong to the phase, so that a person who signals the run instead reaches it all the same.
 *
 * @param stop ends the wait for whatever the run does now
 */
export function listenToPeople(record: MigrationRecord, desk: IncidentDesk, stop: () => void): void {
  const { inbox } = record;
  // The server may deliver two signals that are under way in any order: a pause after its resume would hold for good.
  const turnstile = new Turnstile('send it to the phase itself', 1);
  // A second one changes nothing at the phase, so these may overtake each other.
  const rollbacks = new Turnstile('the rollback is asked for already');
  const ended = (): Objection | undefined =>
    record.hasEnded ? { code: 'PG213', reason: 'this run has ended' } : undefined;

  inbox.on('pause', {
    check: () => ended() ?? (record.goesBack ? goingBack : undefined),
    take: (message, how) =>
      turnstile.through(how, async () => {
        const { by, reason } = message;
        const before = record.paused;
        record.paused ??= { by, ...(reason === undefined ? {} : { reason }), at: Date.now() };
        record.publish();
        await signalPhase(record, 'pause', message);
        if (before) return { message: pausedAlready(before), repeated: true };
        return { message: `paused by ${by}: nothing new begins, what runs is finished`, repeated: false };
      }),
  });
  inbox.on('resume', {
    check: ended,
    take: (message, how) =>
      turnstile.through(how, async () => {
        const repeated = record.paused === undefined;
        record.paused = undefined;
        record.publish();
        await signalPhase(record, 'resume', message);
        return {
          message: repeated ? 'it is not paused, so it goes on as before' : `resumed by ${message.by}`,
          repeated,
        };
      }),
  });
  inbox.on('rollback', {
    check: ({ phase }) => (record.hasEnded ? ending : wrongPhase(record, desk, phase)),
    take: async (message, how) => {
      const { by, reason, phase } = message;
      const component = phase === undefined ? undefined : completedComponent(record, desk, phase);
      if (component !== undefined) {
        const isValidated = inValidation(record.frozen.plan.phases, record.phases) && !record.heldUnasked;
        if (isValidated && patched('component-needs-approval')) throw refused(notAlone);
        const wanted = desk.componentStop(component, by, reason);
        if (wanted) await stopNow(record, wanted, stop);
        const all = wanted?.phases?.toReversed().join(', ') ?? component;
        return { message: `rolling back ${all} and the phase under way, newest first`, repeated: false };
      }
      if (needsApproval(record)) {
        // A signal was promised to count: it waits for the stage that can ask.
        if (how === 'signal') await condition(() => record.active !== undefined || record.hasEnded);
        if (await rollbacks.through(how, () => signalPhase(record, 'rollback', message)))
          return {
            message: `asked for: somebody must approve it first, see ${record.run.workflowId}`,
            repeated: false,
          };
        throw refused(betweenStages(record));
      }
      // A Temporal cancel takes back everything already, and must not refuse who asks for the same.
      const repeated = record.stop?.reach === 'all' || CancellationScope.current().consideredCancelled;
      record.ask({ reason: `${by} asked for it: ${reason}`, reach: phase === undefined ? 'all' : 'phase', by });
      // Between phases nobody else hears it; a phase that ends meanwhile finds it recorded here.
      const heard = await CancellationScope.nonCancellable(() =>
        rollbacks.through(how, () => signalPhase(record, 'rollback', message))
      );
      if (!heard) stop();
      const what = phase === undefined ? 'everything, newest phase first' : phase;
      return { message: `rolling back ${what}`, repeated };
    },
  });
  for (const name of ['approve', 'reject', 'attest', 'retry', 'waive'] as const) {
    inbox.on(name, {
      check: () => ended() ?? (record.active ? undefined : noPhase),
      take: async (message, how) => {
        const { active } = record;
        const handedOn = await turnstile.through(how, () => signalPhase(record, name, message));
        if (!active || !handedOn) throw refused(noPhase);
        return { message: `handed on to ${active.workflowId}, which decides`, repeated: false };
      },
    });
  }
  listenToDeclarations(record, desk);
  inbox.refuseOthers();
}

const notAlone: Objection = {
  code: 'PG209',
  reason: 'from the validation on no phase is taken back alone: leave the phase out to take back everything',
};

/** There is nobody to ask in that moment, and without asking nothing is taken back. */
function betweenStages({ paused }: MigrationRecord): Objection {
  const then = paused ? 'resume the run, then ask again' : 'ask again in a moment';
  return {
    code: 'PG203',
    reason: `no stage of the validation is under way that could ask for the approval: ${then}; a Temporal cancel takes everything back without one`,
  };
}

/** In a stage of the validation nothing is taken back before somebody else agreed; the stage asks. */
function needsApproval({ active, phases, frozen, stop }: MigrationRecord): boolean {
  if (stop || CancellationScope.current().consideredCancelled) return false;
  const now = active ?? phases.find(({ state }) => state === 'pending');
  return frozen.plan.phases.find(({ id }) => id === now?.id)?.stage?.rollbackApproval !== undefined;
}

/** The component of an incident may be a phase that has completed: then it is not the phase under way that is meant. */
function completedComponent({ active }: MigrationRecord, desk: IncidentDesk, phase: string): string | undefined {
  const wanted = phase.toLowerCase();
  return wanted !== active?.id && desk.components.includes(wanted) ? wanted : undefined;
}

function wrongPhase(record: MigrationRecord, desk: IncidentDesk, phase: string | undefined): Objection | undefined {
  const { active, frozen } = record;
  if (phase === undefined) return undefined;
  const stage = frozen.plan.phases.find((one) => one.id === active?.id)?.stage;
  if (active && stage) return changedNothing(active.id);
  if (active?.id === phase.toLowerCase() || completedComponent(record, desk, phase) !== undefined) return undefined;
  const now = active ? `${active.id} is under way` : 'no phase is under way';
  return {
    code: 'PG209',
    reason: `${now}: only that one can be taken back alone; leave the phase out to take back everything`,
  };
}
