import { getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';
import type { FrozenPlan } from '../../plan/model.js';
import type { Answer, MessageName } from '../../plan/wire.js';
import { onMessage, refused } from '../messages.js';
import type { MigrationRecord } from './record.js';

/**
 * What people can say to a run. Pause, resume and rollback are the run's own and are handed on to the phase under way;
 * answers to gates belong to the phase, so that a person who signals the run instead reaches it all the same.
 */
export function listenToPeople(record: MigrationRecord, frozen: FrozenPlan, stop: () => void): void {
  const known = ({ by }: { by: string }): { code: string; reason: string } | undefined =>
    frozen.environment.people.some((person) => person.name === by)
      ? undefined
      : { code: 'PG204', reason: `${by} is not one of this environment's people` };
  const ended = (): { code: string; reason: string } | undefined =>
    record.status.outcome ? { code: 'PG208', reason: 'this run has ended' } : undefined;

  onMessage('pause', record.refusals, {
    check: (message) => known(message) ?? ended(),
    take: async (message) => {
      const repeated = record.paused !== undefined;
      const { by, reason } = message;
      record.paused ??= { by, ...(reason === undefined ? {} : { reason }), at: Date.now() };
      record.publish();
      if (!repeated) await handedOn(record, 'pause', message);
      return { message: 'paused before the next step; windows, approvals and rollbacks go on', repeated };
    },
  });
  onMessage('resume', record.refusals, {
    check: (message) => known(message) ?? ended(),
    take: async (message) => {
      const repeated = record.paused === undefined;
      record.paused = undefined;
      record.publish();
      await handedOn(record, 'resume', message);
      return { message: repeated ? 'it was not paused' : 'resumed', repeated };
    },
  });
  onMessage('rollback', record.refusals, {
    check: (message) => known(message) ?? ended() ?? wrongPhase(record, message.phase),
    take: async (message): Promise<Answer> => {
      const { by, reason, phase } = message;
      const repeated = record.stopRequest !== undefined;
      const { active } = record;
      if (phase === undefined) record.stopRequest ??= `${by} asked for it: ${reason}`;
      record.publish();
      const heard = active !== undefined && (await handedOn(record, 'rollback', message));
      // The phase ended while the request was on its way: what it left is taken back from here.
      if (!heard && phase === undefined) stop();
      else if (!heard)
        throw refused({ code: 'PG208', reason: `phase ${phase} has ended in the meantime: leave the phase out` });
      return {
        message: phase === undefined ? 'rolling back everything, newest phase first' : `rolling back ${phase}`,
        repeated,
      };
    },
  });
  for (const name of ['approve', 'reject', 'attest', 'retry', 'waive'] as const) {
    onMessage(name, record.refusals, {
      check: () =>
        ended() ?? (record.active ? undefined : { code: 'PG203', reason: 'no phase is under way, so no gate is open' }),
      take: async (message) => {
        if (!(await handedOn(record, name, message)))
          throw refused({ code: 'PG203', reason: 'no phase is under way, so no gate is open' });
        return { message: `handed on to ${record.active?.workflowId ?? 'the phase'}, which decides`, repeated: false };
      },
    });
  }
}

function wrongPhase(record: MigrationRecord, phase: string | undefined): { code: string; reason: string } | undefined {
  if (phase === undefined || record.active?.id === phase.toLowerCase()) return undefined;
  const active = record.active ? `${record.active.id} is under way` : 'no phase is under way';
  return {
    code: 'PG209',
    reason: `${active}: only that one can be taken back alone; leave the phase out to take back everything`,
  };
}

/** Hands a message on to the phase under way; false when that has ended in the meantime. */
async function handedOn(record: MigrationRecord, name: MessageName, message: unknown): Promise<boolean> {
  const { active } = record;
  if (!active) return false;
  try {
    await getExternalWorkflowHandle(active.workflowId, active.runId).signal(name, message);
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return false;
  }
}
