import { deploymentPhases } from '../../plan/phases.js';
import { rollbackLine } from '../../plan/text/command-lines.js';
import { CancellationScope, patched } from '@temporalio/workflow';
import type { LedgerEntry } from '../../plan/change.js';
import { closeBehind, entryKey } from '../../plan/ledger.js';
import { stateAfterRollback, type OutcomeKind } from '../../plan/outcome.js';
import type { PhaseResult, RollbackResult } from '../../plan/run-status.js';
import { cancelIfOpen } from '../cancel-if-open.js';
import { widest, type Stop } from '../phase/stop.js';
import { takeBack } from '../take-back.js';
import type { MigrationRecord } from './record.js';
import { leftOpen } from './recover.js';

/** How a run ends, before its locks are released and people are told. */
export interface Ending {
  kind: OutcomeKind;
  reason: string;
}

/**
 * The run was stopped: takes back what the stop reaches, newest phase first, and says how that went. A phase under way
 * has ended and undone itself by now.
 *
 * @param asked what people want by now: it may become more while the run is at work
 * @param failed the phase that ended without having passed, if one did
 */
export function stopRun(
  record: MigrationRecord,
  asked: () => Stop | undefined,
  stop: Stop,
  failed?: PhaseResult
): Promise<Ending> {
  return CancellationScope.nonCancellable(async () => {
    const kept = [...record.kept];
    // What a phase left that cannot be undone closes the way back of the phases before it, too.
    const inForce = closeBehind([...kept.flatMap(({ result }) => result.ledger), ...(failed?.ledger ?? [])]);
    let wanted = widest(stop, asked());
    const takeOut = ({ reach, phases = [] }: Stop): typeof kept => {
      const out = kept.filter(({ id }) => reach === 'all' || phases.includes(id));
      for (const one of out) kept.splice(kept.indexOf(one), 1);
      return out;
    };
    // A stop of one phase that met its completion means the newest.
    const isNewest = wanted.reach === 'phase' && !wanted.phases && !failed;
    let reached = isNewest ? kept.splice(-1) : takeOut(wanted);
    // What a lost rollback left is newer than all this: undone behind it, it would bring back what is gone.
    const lost = reached.length > 0 && failed?.rollback?.lost && patched('newest-first') ? failed : undefined;
    const done = failed?.rollback && !lost ? [failed.rollback] : [];
    let left = lost && { phase: lost.status.phase, keys: (await leftOpen(record, lost)).map(entryKey) };
    while (reached.length > 0) {
      const phases = reached.map(({ id }) => id);
      const entries = inForce.filter((entry) => phases.includes(entry.phase) || left?.keys.includes(entryKey(entry)));
      if (entries.length > 0 || left) done.push(await takeBackKept(record, wanted, entries, left?.phase));
      left = undefined;
      wanted = widest(wanted, asked());
      reached = takeOut(wanted);
    }
    // It left its verification to us, and the phases before it changed nothing that had to be taken back.
    if (done.length === 1 && done[0]?.verifiedByRun) done.push(await takeBackKept(record, wanted, []));
    // Answered checklists are nothing that is in force.
    const deployed = deploymentPhases(record.frozen.plan.phases).map(({ id }) => id);
    const ids = kept.flatMap(({ id }) => (deployed.includes(id) ? [id] : [])).join(', ');
    return endingOf(done, ids === '' ? wanted.reason : `${wanted.reason}; completed and kept: ${ids}`);
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
      reason: `PG214 this run was reset, so its ledger cannot be trusted and it does nothing more; a phase that it left open undoes itself; look at what is in force, then: ${rollbackLine(record.run.workflowId)}`,
    };
  });
}

/** @param lost the phase whose own rollback was lost, when this one takes its place */
async function takeBackKept(
  record: MigrationRecord,
  stop: Stop,
  entries: LedgerEntry[],
  lost?: string
): Promise<RollbackResult> {
  record.rollingBack();
  const phases = [...new Set([...entries.map((entry) => entry.phase), ...(lost === undefined ? [] : [lost])])];
  const { plan, environment } = record.frozen;
  const input = { run: record.run, environment, rollback: plan.rollback };
  const name = stop.reach === 'all' ? 'all' : (phases[0] ?? 'all');
  for (const id of phases) record.markPhase(id, { state: 'rolling back', reason: stop.reason });
  const result = await takeBack(input, { name, entries, reason: stop.reason });
  record.addRollback(result);
  const reason = result.verified ? stop.reason : `${result.reason}; taken back because ${stop.reason}`;
  for (const id of phases) record.markPhase(id, { state: stateAfterRollback(result), reason });
  return result;
}

function endingOf(rollbacks: readonly RollbackResult[], reason: string): Ending {
  if (rollbacks.length === 0) return { kind: 'failed', reason };
  const open = rollbacks
    .filter(({ verified, verifiedByRun }) => !verified && !verifiedByRun)
    .map((rollback) => rollback.reason);
  if (open.length === 0) return { kind: 'rolled-back-verified', reason };
  return { kind: 'rolled-back-not-verified', reason: `${reason}; not verified: ${open.join('; ')}` };
}
