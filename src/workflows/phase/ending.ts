import { ActivityFailure, allHandlersFinished, ApplicationFailure, condition } from '@temporalio/workflow';
import { rollbackWorkflowId } from '../../plan/names.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { PhaseResult, RollbackResult } from '../../plan/run-status.js';
import { isAfterReset } from '../reset.js';
import { takeBack } from '../take-back.js';
import { rememberLedger, unread } from './actions.js';
import { failureText } from './attempt.js';
import type { Minutes } from './minutes.js';
import type { PhaseRecord } from './record.js';
import type { Brake, Stop } from './stop.js';

/** The phase passed: what it changed stays in force. */
export async function complete(record: PhaseRecord, minutes: Minutes): Promise<PhaseResult> {
  record.end('completed');
  await Promise.all([minutes.written(), condition(allHandlersFinished)]);
  const { ledger } = record.facts;
  return {
    verdict: 'PASS',
    reason: passReason(record),
    reach: 'phase',
    ledger,
    changed: ledger.length > 0,
    completedAt: Date.now(),
    status: record.status,
  };
}

/**
 * The phase was stopped: takes back what it changed. Call it in a scope that cancellation does not reach.
 *
 * @throws ApplicationFailure, always: its type is the outcome's kind, its detail the PhaseResult
 */
export async function takeBackPhase(
  input: PhaseInput,
  record: PhaseRecord,
  minutes: Minutes,
  brake: Brake,
  stop: Stop
): Promise<never> {
  record.abandonRunning(stop.reason);
  const doubt = isAfterReset('end') ? await remembered(input, record) : undefined;
  const { ledger } = record.facts;
  if (ledger.length === 0 && doubt === undefined) {
    record.end('failed');
    return fail(record, minutes, brake.widened(stop));
  }
  record.facts.rollback = rollbackWorkflowId(input.run.workflowId, input.phase.id);
  record.end('rolling back');
  const rollback = await takeBack(input, { name: input.phase.id, entries: ledger, reason: stop.reason, doubt });
  record.end('rolled back');
  return fail(record, minutes, brake.widened(stop), rollback);
}

/** The way back begins with what is known; what could not be learned is the doubt that is returned. */
async function remembered(input: PhaseInput, record: PhaseRecord): Promise<string | undefined> {
  try {
    await rememberLedger(input, record);
    return undefined;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return `PG214 this run was reset, and ${unread(failureText(error))}`;
  }
}

function passReason({ facts }: PhaseRecord): string {
  const yes = facts.decisions.filter((decision) => decision.decision === 'approve');
  const approvers = [...new Set(yes.map((decision) => decision.by))];
  const waived = facts.waivers.map((waiver) => `${waiver.address} waived by ${waiver.by}`);
  return ['all steps passed', ...(approvers.length > 0 ? [`approved by ${approvers.join(', ')}`] : []), ...waived].join(
    '; '
  );
}

async function fail(record: PhaseRecord, minutes: Minutes, stop: Stop, rollback?: RollbackResult): Promise<never> {
  await Promise.all([minutes.written(), condition(allHandlersFinished)]);
  const { ledger } = record.facts;
  const result: PhaseResult = {
    verdict: 'FAIL',
    ...stop,
    ledger: rollback?.verified ? [] : ledger,
    changed: ledger.length > 0,
    completedAt: Date.now(),
    ...(rollback ? { rollback } : {}),
    status: record.status,
  };
  const type = rollback ? (rollback.verified ? 'rolled-back-verified' : 'rolled-back-not-verified') : 'failed';
  throw ApplicationFailure.create({
    message: `${type}: ${stop.reason}`,
    type,
    nonRetryable: true,
    details: [result],
  });
}
