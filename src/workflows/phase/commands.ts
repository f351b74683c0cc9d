import { defineSignal, log, setHandler } from '@temporalio/workflow';
import type { Objection } from '../../plan/gate-rules.js';
import { pausedAlready } from '../../plan/text/sentences.js';
import type { PhaseInput } from '../../plan/run-input.js';
import { emergencySignal, readEmergency } from '../../plan/trouble.js';
import type { PhaseRecord } from './record.js';
import type { RollbackApproval } from './rollback-approval.js';
import type { Brake } from './stop.js';

/** Why nothing can be paused any more. */
export const goingBack: Objection = {
  code: 'PG215',
  reason: 'it is being rolled back, and no rollback is ever paused',
};

/** A stage of the validation cannot be taken back alone. */
export function changedNothing(stage: string): Objection {
  return { code: 'PG209', reason: `${stage} changed nothing: leave the phase out to take back everything` };
}

/** Takes what people say to the phase as a whole: pause, resume, roll back. */
export function listenToCommands(
  input: PhaseInput,
  record: PhaseRecord,
  brake: Brake,
  approval: RollbackApproval
): void {
  const { inbox, facts } = record;
  inbox.on('pause', {
    check: () => (brake.stop || record.state === 'rolling back' || record.hasEnded ? goingBack : undefined),
    take: async ({ by, reason }) => {
      const before = facts.paused;
      facts.paused ??= { by, ...(reason === undefined ? {} : { reason }), at: Date.now() };
      record.publish();
      if (before) return { message: pausedAlready(before), repeated: true };
      return { message: `paused by ${by} before the next step`, repeated: false };
    },
  });
  inbox.on('resume', {
    check: () => undefined,
    take: async ({ by }) => {
      const repeated = facts.paused === undefined;
      delete facts.paused;
      record.publish();
      return { message: repeated ? 'it is not paused, so it goes on as before' : `resumed by ${by}`, repeated };
    },
  });
  inbox.on('rollback', {
    check: ({ phase }) => {
      if (phase !== undefined && input.phase.stage) return changedNothing(input.phase.id);
      if (phase === undefined || phase.toLowerCase() === input.phase.id) return undefined;
      return { code: 'PG209', reason: `this is phase ${input.phase.id}, not ${phase}` };
    },
    take: async ({ by, reason, phase }) => {
      const needed = input.phase.stage?.rollbackApproval;
      if (needed && !brake.stop) return approval.request(needed, by, reason);
      const repeated = record.state === 'rolling back';
      brake.pull({ reason: `${by} asked for it: ${reason}`, reach: phase === undefined ? 'all' : 'phase' });
      return { message: phase === undefined ? 'rolling back everything' : `rolling back ${phase}`, repeated };
    },
  });
}

/** The run takes everything back, and asks nobody before. */
export function listenToEmergency(brake: Brake): void {
  setHandler(
    defineSignal<unknown[]>(emergencySignal),
    (...raw) => {
      const emergency = readEmergency(raw[0]);
      if (emergency) brake.pull({ reason: emergency.reason, reach: 'all' });
      else log.warn('What was said of an emergency could not be understood');
    },
    { description: 'Everything goes back at once; sent by the run, not by people.' }
  );
}
