import { CancellationScope, type ChildWorkflowFailure, isCancellation } from '@temporalio/workflow';
import type { FrozenPlan, Phase } from '../../plan/model.js';
import type { PhaseResult, PhaseStatus } from '../../plan/run-status.js';
import { host } from '../activities.js';
import { takeBack } from '../take-back.js';
import type { MigrationRecord } from './record.js';

/** Takes back a phase that ended without doing so itself: the ledger is read from its history. */
export function recoverPhase(
  record: MigrationRecord,
  frozen: FrozenPlan,
  phase: Phase,
  runId: string,
  failure: ChildWorkflowFailure
): Promise<PhaseResult> {
  return CancellationScope.nonCancellable(async () => {
    const workflowId = record.phases.find((one) => one.id === phase.id)?.workflowId ?? '';
    const reason = `the workflow of ${phase.id} ${isCancellation(failure) ? 'was cancelled' : 'was ended from outside'}: ${failure.cause?.message ?? failure.message}`;
    const ledger = await host.readLedger.executeWithOptions({ summary: `What did ${phase.id} change?` }, [
      { workflowId, runId },
    ]);
    const base = {
      verdict: 'FAIL' as const,
      reason,
      reach: 'phase' as const,
      ledger,
      changed: ledger.length > 0,
      completedAt: Date.now(),
    };
    const status: PhaseStatus = {
      schemaVersion: 1,
      phase: phase.id,
      title: phase.title,
      workflowId,
      runId,
      state: 'rolled back',
      startedAt: Date.now(),
      steps: [],
      gates: [],
      decisions: [],
      waivers: [],
      ledger,
      refusals: [],
      sentence: reason,
    };
    if (ledger.length === 0) return { ...base, status };
    const input = { run: record.run, environment: frozen.environment, rollback: frozen.plan.rollback };
    const rollback = await takeBack(input, { name: phase.id, entries: ledger, reason });
    return { ...base, rollback, status };
  });
}
