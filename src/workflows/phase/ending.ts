import { ActivityFailure, allHandlersFinished, ApplicationFailure, condition, log } from '@temporalio/workflow';
import { leaveToRunSignal } from '../../plan/incidents/signals.js';
import { rollbackWorkflowId } from '../../plan/names.js';
import { stateAfterRollback } from '../../plan/outcome.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { PhaseResult, RollbackResult } from '../../plan/run-status.js';
import type { Minutes } from '../minutes.js';
import { isAfterReset } from '../reset.js';
import { takeBack } from '../take-back.js';
import { tellWorkflow } from '../tell-workflow.js';
import { rememberLedger, unread } from './actions.js';
import { failureText } from './attempt.js';
import type { PhaseRecord } from './record.js';
import type { RollbackApproval } from './rollback-approval.js';
import type { Brake, Stop } from './stop.js';

type HandedOver = ReturnType<Minutes['handOver']>;

/**
 * Ends the phase: what it changed stays in force, unless somebody stopped it before its very end. Call it in a scope
 * that cancellation does not reach.
 *
 * @param stopped why the story ended early, if it did
 * @throws ApplicationFailure when the phase was stopped: its type is the outcome's kind, its detail the PhaseResult
 */
export async function endPhase(
  input: PhaseInput,
  record: PhaseRecord,
  minutes: Minutes,
  brake: Brake,
  requests: RollbackApproval,
  stopped: Stop | undefined
): Promise<PhaseResult> {
  if (!stopped) await condition(() => allHandlersFinished() && !requests.pending);
  // What people asked for meanwhile counts, so look again.
  const stop = stopped ?? brake.stop;
  if (!stop) return complete(record, minutes.handOver());
  const rollback = await takeBackPhase(input, record, brake, stop);
  await condition(allHandlersFinished);
  throw failureOf(record, brake.widened(stop), rollback, minutes.handOver());
}

function complete(record: PhaseRecord, minutes: HandedOver): PhaseResult {
  record.end('completed');
  const { ledger } = record.facts;
  return {
    verdict: 'PASS',
    reason: passReason(record),
    reach: 'phase',
    ledger,
    changed: ledger.length > 0,
    completedAt: record.time.now,
    ...minutes,
    status: record.status,
  };
}

/** Takes back what the phase changed; undefined when it had changed nothing. */
async function takeBackPhase(
  input: PhaseInput,
  record: PhaseRecord,
  brake: Brake,
  stop: Stop
): Promise<RollbackResult | undefined> {
  record.abandonRunning(stop.reason);
  const doubt = isAfterReset('end') ? await remembered(input, record) : undefined;
  const { ledger } = record.facts;
  if (ledger.length === 0 && doubt === undefined) {
    record.end('failed');
    return undefined;
  }
  record.facts.rollback = rollbackWorkflowId(input.run.workflowId, input.phase.id);
  record.end('rolling back');
  const others = Object.keys(input.completed).length > 0;
  const goesOn = ({ reach, more }: Stop): boolean => others && (reach === 'all' || more === true);
  const more = goesOn(stop);
  const { rollback: workflowId } = record.facts;
  if (!more) void condition(() => goesOn(brake.widened(stop))).then(() => leaveToRun(workflowId));
  const rollback = await takeBack(input, {
    name: input.phase.id,
    entries: ledger,
    reason: stop.reason,
    doubt,
    // What makes production safe goes first: the phases before this one are undone before anything is measured.
    verifiedByRun: more,
  });
  if (!rollback.verified && !rollback.verifiedByRun) record.facts.verification = rollback.reason;
  record.end(stateAfterRollback(rollback));
  return rollback;
}

/** Everything is to be taken back by now: what was done before this phase must not wait until this one is verified. */
async function leaveToRun(rollback: string): Promise<void> {
  const reason = await tellWorkflow({ workflowId: rollback }, leaveToRunSignal);
  if (reason !== undefined) log.info('The rollback of the phase has ended by itself', { rollback, reason });
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
  // Of the approval that closed it: one that was void, or asked for something else, approved nothing of it.
  const closing = facts.steps.findLast(({ id }) => id === 'approval')?.address;
  const yes = facts.decisions.filter(({ decision, gate }) => decision === 'approve' && gate === closing);
  const approvers = [...new Set(yes.map((decision) => decision.by))];
  const waived = facts.waivers.map((waiver) => `${waiver.address} waived by ${waiver.by}`);
  return ['all steps passed', ...(approvers.length > 0 ? [`approved by ${approvers.join(', ')}`] : []), ...waived].join(
    '; '
  );
}

function failureOf(
  record: PhaseRecord,
  stop: Stop,
  rollback: RollbackResult | undefined,
  minutes: HandedOver
): ApplicationFailure {
  const { ledger } = record.facts;
  const result: PhaseResult = {
    verdict: 'FAIL',
    reason: stop.reason,
    reach: stop.reach,
    ledger: rollback?.verified || rollback?.verifiedByRun ? [] : ledger,
    changed: ledger.length > 0,
    completedAt: record.time.now,
    ...(rollback ? { rollback } : {}),
    ...minutes,
    status: record.status,
  };
  const type = rollback ? (rollback.verified ? 'rolled-back-verified' : 'rolled-back-not-verified') : 'failed';
  return ApplicationFailure.create({
    message: `${type}: ${stop.reason}`,
    type,
    nonRetryable: true,
    details: [result],
  });
}
