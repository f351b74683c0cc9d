import { CancellationScope } from '@temporalio/workflow';
import type { LedgerEntry } from '../../plan/change.js';
import { closeBehind } from '../../plan/ledger.js';
import type { OutcomeKind } from '../../plan/outcome.js';
import type { PhaseResult, RollbackResult } from '../../plan/run-status.js';
import { cancelIfOpen } from '../cancel-if-open.js';
import type { Stop } from '../phase/stop.js';
import { takeBack } from '../take-back.js';
import type { MigrationRecord } from './record.js';

/** How a run ends, before its locks are released and people are told. */
export interface Ending {
  kind: OutcomeKind;
  reason: string;
}

/**
 * The run was stopped: takes back what the stop reaches, newest phase first, and says how that went. A phase under way
 * has ended and undone itself by now.
 *
 * @param failed the phase that ended without having passed, if one did
 */
export function stopRun(record: MigrationRecord, stop: Stop, failed?: PhaseResult): Promise<Ending> {
  return CancellationScope.nonCancellable(async () => {
    const done = failed?.rollback ? [failed.rollback] : [];
    const reached = stop.reach === 'all' ? record.kept : failed ? [] : record.kept.slice(-1);
    const undone = reached.map(({ id }) => id);
    // What a phase left that cannot be undone closes the way back of the phases before it, too.
    const inForce = closeBehind([...record.kept.flatMap(({ result }) => result.ledger), ...(failed?.ledger ?? [])]);
    const entries = inForce.filter((entry) => undone.includes(entry.phase));
    if (entries.length > 0) done.push(await takeBackKept(record, stop, entries));
    const kept = record.kept.map(({ id }) => id).filter((id) => !undone.includes(id));
    const reason = kept.length > 0 ? `${stop.reason}; completed and kept: ${kept.join(', ')}` : stop.reason;
    return endingOf(done, reason);
  });
}

/**
 * Nobody knows from here what the forgotten part of a reset run did: nothing is started or undone any more. A phase
 * that it left open has lost the run that would hear of its end, so it is asked to undo itself.
 */
export function stopAfterReset(record: MigrationRecord): Promise<Ending> {
  return CancellationScope.nonCancellable(async () => {
    const known = record.kept.map(({ id }) => id);
    for (const { id, workflowId } of record.phases) {
      if (!known.includes(id)) await cancelIfOpen(workflowId);
    }
    return {
      kind: 'rolled-back-not-verified',
      reason: `PG214 this run was reset, so its ledger cannot be trusted and it does nothing more; a phase that it left open undoes itself; look at what is in force, then: phasegate rollback ${record.run.workflowId}`,
    };
  });
}

async function takeBackKept(record: MigrationRecord, stop: Stop, entries: LedgerEntry[]): Promise<RollbackResult> {
  record.rollingBack();
  const phases = [...new Set(entries.map((entry) => entry.phase))];
  const { plan, environment } = record.frozen;
  const input = { run: record.run, environment, rollback: plan.rollback };
  const name = stop.reach === 'all' ? 'all' : (phases[0] ?? 'all');
  const result = await takeBack(input, { name, entries, reason: stop.reason });
  record.addRollback(result.workflowId);
  for (const id of phases) record.markPhase(id, { state: 'rolled back' });
  return result;
}

function endingOf(rollbacks: readonly RollbackResult[], reason: string): Ending {
  if (rollbacks.length === 0) return { kind: 'failed', reason };
  const open = rollbacks.filter((rollback) => !rollback.verified).map((rollback) => rollback.reason);
  if (open.length === 0) return { kind: 'rolled-back-verified', reason };
  return { kind: 'rolled-back-not-verified', reason: `${reason}; not verified: ${open.join('; ')}` };
}
