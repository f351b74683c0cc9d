import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  setHandler,
  setWorkflowOptions,
} from '@temporalio/workflow';
import { leaveToRunSignal } from '../plan/incidents/signals.js';
import { rollbackLockKeys } from '../plan/names.js';
import { rollbackName } from '../plan/outcome.js';
import type { RollbackInput } from '../plan/run-input.js';
import type { RollbackResult, RollbackStatus } from '../plan/run-status.js';
import { statusQuery } from '../plan/wire.js';
import { wayBackClosed } from '../plan/cleanup/course.js';
import { host } from './activities.js';
import { announce } from './announce.js';
import { releaseLocks } from './release-locks.js';
import { RollbackDesk } from './rollback/desk.js';
import { RollbackRecord } from './rollback/record.js';
import { Undos } from './rollback/undos.js';
import { verifyRollback } from './rollback/verification.js';
import { takeLocks } from './take-locks.js';

setWorkflowOptions({ versioningBehavior: 'PINNED' }, rollback);

/**
 * Undoes one or more ledgers: exposure first, then everything else in reverse, each undo read back; then checks health
 * and that the red metrics are back inside their targets. An undo that keeps failing is paged and waits for a person
 * while the others go on, and what cannot be undone waits until somebody accepts it as it is: a rollback never ends
 * while one entry is open. It cannot be cancelled, paused or undone.
 *
 * On its own it fails with PG202 when another run holds what it would put back, and with PG451 when clean-up removed flags.
 */
export async function rollback(input: RollbackInput): Promise<RollbackResult> {
  const record = new RollbackRecord(input);
  setHandler(defineQuery<RollbackStatus>(statusQuery), () => record.status, {
    description: 'Everything known about this rollback.',
  });
  const desk = new RollbackDesk(input, record);
  const undos = new Undos(input, record, desk);
  desk.listen();
  setHandler(defineSignal(leaveToRunSignal), () => void (record.leftToRun = true), {
    description: 'The run takes back more and verifies all of it; sent by the phase, not by people.',
  });
  record.inbox.refuseOthers();

  return CancellationScope.nonCancellable(async () => {
    const refusal = input.alone ? ((await locked(input)) ?? (await closed(input))) : undefined;
    if (refusal !== undefined) throw await refuse(input, record, refusal);
    const { finish } = await undos.all();
    const { phases } = record.status;
    // People are told only now: what makes production safe goes first.
    void announce(input.run, input.environment, {
      kind: 'rollback',
      title: phases.length > 0 ? `Rolling back ${phases.join(', ')}` : 'Rollback with nothing left to undo',
      text: `${record.status.sentence} Because: ${input.reason}`,
      to: input.environment.people.map((person) => person.name),
    });
    await finish;
    const verification = await verifyRollback(input, record);
    const { verified, verifiedByRun, reason } = verification;
    const locks = verified && input.alone ? await releaseLocks(input.environment.id, input.run) : undefined;
    record.end({ ...verification, reason: [reason, locks].filter((part) => part !== undefined).join('; ') });
    // A run tells people itself of the rollback that went well.
    if ((!verified && !verifiedByRun) || input.alone) await tellEnd(input, record);
    await condition(allHandlersFinished);
    return {
      workflowId: record.status.workflowId,
      ...verification,
      undone: record.undos.flatMap((undo) => [undo.entryId, ...undo.covers]),
      status: record.status,
    };
  });
}

/** The locks of an ended run may be gone, and what it moved may be another run's by now. */
function locked({ environment, run, entries }: RollbackInput): Promise<string | undefined> {
  return takeLocks(environment.id, run, rollbackLockKeys(run.planId, entries));
}

/** Where clean-up removed flags, nothing may be undone any more; else it ends, since its tasks are those of a success. */
async function closed({ environment, run }: RollbackInput): Promise<string | undefined> {
  const { removed } = await host.closeCleanup.executeWithOptions(
    { summary: 'Has clean-up removed flags of the run?' },
    [{ run: run.workflowId, runId: run.runId }]
  );
  if (removed.length === 0) return undefined;
  const locks = await releaseLocks(environment.id, run);
  return [wayBackClosed(removed), locks].filter((part) => part !== undefined).join('; ');
}

async function refuse(input: RollbackInput, record: RollbackRecord, refusal: string): Promise<ApplicationFailure> {
  record.end({ verified: false, reason: `nothing was undone, since ${refusal}` });
  await tellEnd(input, record);
  return ApplicationFailure.nonRetryable(refusal, refusal.startsWith('PG451') ? 'PG451' : 'PG202');
}

async function tellEnd({ run, environment }: RollbackInput, record: RollbackRecord): Promise<void> {
  const { verified, sentence, verification = '' } = record.status;
  await announce(run, environment, {
    kind: 'ended',
    title: `${run.planTitle}, ${rollbackName(record.status)}: ${verified ? 'verified' : 'NOT verified'}`,
    text: verified ? `${sentence} ${verification}` : sentence,
    to: environment.people.map((person) => person.name),
  });
}
