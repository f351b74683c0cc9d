import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, ChildWorkflowFailure, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { FrozenPlan, Phase } from '../../plan/model.js';
import type { CompletedPhase, PhaseInput } from '../../plan/run-input.js';
import type { PhaseResult } from '../../plan/run-status.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import type { deploymentPhase } from '../deployment-phase.js';
import type { MigrationRecord } from './record.js';
import { recoverPhase } from './recover.js';

/** Runs one phase as a child that undoes itself when this run is terminated, and reports how it ended. */
export async function runPhase(
  record: MigrationRecord,
  frozen: FrozenPlan,
  phase: Phase,
  completed: Record<string, CompletedPhase>
): Promise<PhaseResult> {
  const { plan, environment } = frozen;
  const { run } = record;
  const input: PhaseInput = {
    schemaVersion: 1,
    run,
    phase,
    environment,
    hold: plan.hold,
    rollback: plan.rollback,
    waivers: plan.waivers,
    roles: plan.roles,
    completed,
    ...(record.paused ? { paused: record.paused } : {}),
  };
  const workflowId = record.phases.find((one) => one.id === phase.id)?.workflowId ?? phase.id;
  record.markPhase(phase.id, { state: 'running', startedAt: Date.now() });
  const child = await started(() =>
    startChild<typeof deploymentPhase>('deploymentPhase', {
      workflowId,
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
    })
  );
  record.markPhase(phase.id, { runId: child.firstExecutionRunId });
  const result = await ended(record, frozen, phase, child.result(), child.firstExecutionRunId);
  record.lastResult = result;
  record.markPhase(phase.id, { ...summary(result), endedAt: Date.now() });
  return result;
}

/** A phase of an earlier execution that is still open moves the same things: nothing is started beside it. */
async function started<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw ApplicationFailure.nonRetryable(
      `${error.workflowId} of an earlier execution is still open: cancel it, wait until it has undone itself, then start again`,
      'PG201'
    );
  }
}

async function ended(
  record: MigrationRecord,
  frozen: FrozenPlan,
  phase: Phase,
  result: Promise<PhaseResult>,
  runId: string
): Promise<PhaseResult> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    const told = error.cause instanceof ApplicationFailure ? resultIn(error.cause) : undefined;
    // Terminated, or lost in another way that left it no time to undo itself: its history knows what it changed.
    return told ?? recoverPhase(record, frozen, phase, runId, error);
  }
}

function resultIn(failure: ApplicationFailure): PhaseResult | undefined {
  const detail: unknown = failure.details?.[0];
  return typeof detail === 'object' && detail !== null && 'verdict' in detail ? (detail as PhaseResult) : undefined;
}

function summary(result: PhaseResult): { state: 'completed' | 'failed' | 'rolled back'; reason: string } {
  if (result.verdict === 'PASS') return { state: 'completed', reason: result.reason };
  return { state: result.rollback ? 'rolled back' : 'failed', reason: result.reason };
}
