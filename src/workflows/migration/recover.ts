import { CancellationScope, sleep, type ChildWorkflowFailure } from '@temporalio/workflow';
import type { LedgerEntry } from '../../plan/change.js';
import { openEntries } from '../../plan/ledger.js';
import type { Phase } from '../../plan/model.js';
import { phaseWorkflowId } from '../../plan/names.js';
import { stateAfterRollback } from '../../plan/outcome.js';
import type { PhaseResult, RollbackResult } from '../../plan/run-status.js';
import { host } from '../activities.js';
import { readRollbacks, takeBackRest } from '../take-back.js';
import type { MigrationRecord } from './record.js';

/** What a phase was doing when it was ended from outside hears of it within this time. */
const hearsWithinMs = 5_000;

/** Takes back a phase that ended without doing so itself: the ledger is read from its history. */
export function recoverPhase(
  record: MigrationRecord,
  phase: Phase,
  runId: string,
  failure: ChildWorkflowFailure
): Promise<PhaseResult> {
  return CancellationScope.nonCancellable(async () => {
    const workflowId = phaseWorkflowId(record.run.workflowId, phase.id);
    const reason = `${workflowId} was ended from outside: ${failure.cause?.message ?? failure.message}`;
    const { entries: ledger } = await host.readLedger.executeWithOptions(
      { summary: `What did ${phase.id} change?`, scheduleToCloseTimeout: '10m' },
      [{ workflowId, run: record.run.runId }]
    );
    if (ledger.length === 0) return stopped(record, phase, { runId, reason, ledger });
    // An apply that was under way must not come after its own undo.
    await sleep(hearsWithinMs, { summary: `Lets what ${phase.id} was doing come to its end` });
    const { plan, environment } = record.frozen;
    const input = { run: record.run, environment, rollback: plan.rollback };
    const rollback = await takeBackRest(input, { name: phase.id, entries: ledger, reason });
    return stopped(record, phase, { runId, reason, ledger, rollback });
  });
}

/** What the rollback of a phase left open when it was ended from outside. */
export async function leftOpen(record: MigrationRecord, { status, ledger }: PhaseResult): Promise<LedgerEntry[]> {
  const { phase } = status;
  // An undo that was under way must not come after others of its target.
  await sleep(hearsWithinMs, { summary: `Lets what the rollback of ${phase} was doing come to its end` });
  const { undone } = await readRollbacks(record.run, phase);
  return openEntries(ledger, undone);
}

/** A phase of an earlier execution that is still open moves the same things: nothing is started beside it. */
export function neverStarted(record: MigrationRecord, phase: Phase): PhaseResult {
  const workflowId = phaseWorkflowId(record.run.workflowId, phase.id);
  const reason = `${workflowId} of an earlier execution is still open: cancel it, wait until it has undone itself, then start again`;
  return stopped(record, phase, { runId: '', reason, ledger: [] });
}

function stopped(
  record: MigrationRecord,
  phase: Phase,
  known: { runId: string; reason: string; ledger: LedgerEntry[]; rollback?: RollbackResult }
): PhaseResult {
  const { runId, reason, ledger, rollback } = known;
  return {
    verdict: 'FAIL',
    reason,
    reach: 'phase',
    ledger: rollback?.verified ? [] : ledger,
    changed: ledger.length > 0,
    completedAt: Date.now(),
    ...(rollback ? { rollback } : {}),
    status: {
      schemaVersion: 1,
      phase: phase.id,
      title: phase.title,
      workflowId: phaseWorkflowId(record.run.workflowId, phase.id),
      runId,
      state: rollback ? stateAfterRollback(rollback) : 'failed',
      startedAt: record.phases.find((one) => one.id === phase.id)?.startedAt ?? Date.now(),
      endedAt: Date.now(),
      steps: [],
      gates: [],
      decisions: [],
      waivers: [],
      ledger,
      refusals: [],
      ...(rollback ? { rollback: rollback.workflowId } : {}),
      ...(rollback?.verified === false ? { verification: rollback.reason } : {}),
      sentence: reason,
    },
  };
}
