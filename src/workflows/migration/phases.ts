import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  ParentClosePolicy,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import type { Phase } from '../../plan/model.js';
import { phaseWorkflowId } from '../../plan/names.js';
import { stateAfterRollback } from '../../plan/outcome.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { PhaseResult, RunState } from '../../plan/run-status.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import { cancelIfOpen } from '../cancel-if-open.js';
import type { deploymentPhase } from '../deployment-phase.js';
import type { MigrationRecord } from './record.js';
import { neverStarted, recoverPhase } from './recover.js';

/** Runs one phase as a child that undoes itself when this run is terminated, and reports how it ended. */
export async function runPhase(record: MigrationRecord, phase: Phase): Promise<PhaseResult> {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('the run is being stopped');
  record.markPhase(phase.id, { state: 'running', startedAt: Date.now() });
  const result = await resultOf(record, phase).catch((error: unknown) => {
    // Whoever still waits for it to begin must hear that it never will.
    const reason = isCancellation(error) ? 'stopped before it began' : 'nobody knows how it ended';
    record.markPhase(phase.id, { state: 'failed', reason, endedAt: Date.now() });
    throw error;
  });
  record.learn(result);
  if (result.rollback) record.addRollback(result.rollback);
  record.markPhase(phase.id, { state: stateAfter(result), reason: reasonOf(result), endedAt: Date.now() });
  return result;
}

function stateAfter(result: PhaseResult): RunState {
  if (result.verdict === 'PASS') return 'completed';
  return result.rollback ? stateAfterRollback(result.rollback) : 'failed';
}

function reasonOf({ reason, rollback }: PhaseResult): string {
  return rollback && !rollback.verified ? `${rollback.reason}; taken back because ${reason}` : reason;
}

async function resultOf(record: MigrationRecord, phase: Phase): Promise<PhaseResult> {
  let runId = '';
  let ended = false;
  try {
    const child = await start(record, phase);
    runId = child.firstExecutionRunId;
    record.markPhase(phase.id, { runId });
    // A cancel of the child goes to the execution that was started; after a reset another one stands in its place.
    CancellationScope.current().cancelRequested.catch(() => (ended ? undefined : cancelIfOpen(child.workflowId)));
    return await child.result();
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return neverStarted(record, phase);
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    // It was cancelled before it began: there is nothing to recover.
    if (runId === '' && isCancellation(error)) throw error;
    const told = error.cause instanceof ApplicationFailure ? resultIn(error.cause) : undefined;
    // Terminated, or lost in another way that left it no time to undo itself: its history knows what it changed.
    return told ?? recoverPhase(record, phase, runId, error);
  } finally {
    ended = true;
  }
}

function start(record: MigrationRecord, phase: Phase): Promise<ChildWorkflowHandle<typeof deploymentPhase>> {
  const { run, frozen, completed, paused, held } = record;
  const { plan, environment } = frozen;
  const input: PhaseInput = {
    schemaVersion: 1,
    run,
    phase,
    environment,
    hold: plan.hold,
    rollback: plan.rollback,
    waivers: plan.waivers,
    completed,
    ...(paused ? { paused } : {}),
    ...(held ? { held } : {}),
    ...(plan.guard && record.changedAt === undefined ? { tellsFirstChange: true } : {}),
    gathersMinutes: true,
  };
  return startChild<typeof deploymentPhase>('deploymentPhase', {
    workflowId: phaseWorkflowId(run.workflowId, phase.id),
    args: [input],
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `${phase.id}: ${phase.title}`.slice(0, 180),
    typedSearchAttributes: [
      { key: searchAttributes.plan, value: run.planId },
      { key: searchAttributes.environment, value: environment.id },
      { key: searchAttributes.phase, value: phase.id },
      { key: searchAttributes.run, value: run.runId },
      { key: searchAttributes.status, value: 'running' },
    ],
  });
}

function resultIn(failure: ApplicationFailure): PhaseResult | undefined {
  const detail: unknown = failure.details?.[0];
  return typeof detail === 'object' && detail !== null && 'verdict' in detail ? (detail as PhaseResult) : undefined;
}
