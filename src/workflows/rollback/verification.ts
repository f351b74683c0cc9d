import { CancellationScope, condition } from '@temporalio/workflow';
import type { Origin } from '../../activities/contract.js';
import type { CheckStep } from '../../plan/model.js';
import type { RollbackInput } from '../../plan/run-input.js';
import type { RollbackResult, StepRecord } from '../../plan/run-status.js';
import { counted } from '../../plan/text/spans.js';
import { insideTargets } from '../inside-targets.js';
import type { StepOutcome } from '../phase/attempt.js';
import { runCheck } from '../run-check.js';
import type { RollbackRecord } from './record.js';

/** Whether all is well after a rollback, or why that is not certain. */
export type Verification = Pick<RollbackResult, 'verified' | 'verifiedByRun' | 'reason'>;

/** Health and metrics say nothing yet: what the phases before it changed, which may be what does the harm, is in force. */
function leftToRun(input: RollbackInput, record: RollbackRecord): Verification {
  const problems = notReadBack(input, record);
  if (problems.length > 0) return { verified: false, reason: problems.join('; ') };
  return {
    verified: false,
    verifiedByRun: true,
    reason: 'undone and read back, to be verified with the rest of the run',
  };
}

/**
 * Is everything well again? Each undo was read back already; here health is checked and the red metrics must be inside
 * their targets for a while. Single readings come last, when there is something to read since the undo. What could not
 * be measured is not verified.
 */
export async function verifyRollback(input: RollbackInput, record: RollbackRecord): Promise<Verification> {
  if (record.leftToRun) return leftToRun(input, record);
  const scope = new CancellationScope();
  const measured = scope.run(() => measureAll(input, record));
  // Whatever it came to, when the run takes back more it is measured again then.
  const ended = measured.catch((error: unknown) => {
    if (!record.leftToRun) throw error;
  });
  await Promise.race([ended, condition(() => record.leftToRun)]);
  if (!record.leftToRun) return measured;
  scope.cancel();
  await ended;
  record.checks = record.checks.filter(({ state }) => state !== 'running');
  return leftToRun(input, record);
}

async function measureAll(input: RollbackInput, record: RollbackRecord): Promise<Verification> {
  const since = record.time.now;
  const outcomes: StepOutcome[] = [];
  const isReading = ({ check }: CheckStep): boolean => check.type === 'metric';
  const verify = async (check: CheckStep): Promise<void> => {
    outcomes.push(await run(record, check, () => health(input, check, since)));
  };
  for (const check of input.rollback.checks.filter((one) => !isReading(one))) await verify(check);
  const watch = { id: 'metrics', title: 'Red metrics are back inside their targets', kind: 'watch' };
  const asked = origin(input, 'metrics', 'Red metrics back inside their targets');
  outcomes.push(await run(record, watch, () => insideTargets(input, asked, since)));
  for (const check of input.rollback.checks.filter(isReading)) await verify(check);

  const problems = outcomes.filter((outcome) => outcome.verdict !== 'PASS').map((outcome) => outcome.reason);
  problems.push(...notReadBack(input, record));
  if (problems.length > 0) return { verified: false, reason: problems.join('; ') };
  return {
    verified: true,
    reason: `${counted(record.undos.length, 'change')} undone and read back, health and red metrics in order`,
  };
}

/** Why nobody can say that everything is undone, whatever health and metrics show; none when each undo was read back. */
export function notReadBack(input: RollbackInput, { undos }: RollbackRecord): string[] {
  const accepted = undos.filter((undo) => undo.state === 'accepted');
  const byHand = undos.filter((undo) => undo.state === 'taken over');
  return [
    ...(input.doubt === undefined ? [] : [input.doubt]),
    ...accepted.map((undo) => `${undo.entryId} cannot be undone: ${undo.reason ?? ''}`),
    ...byHand.map((undo) => `${undo.entryId} was undone by hand and not read back`),
  ];
}

async function run(
  record: RollbackRecord,
  step: Pick<StepRecord, 'id' | 'title' | 'kind'>,
  measure: () => Promise<StepOutcome>
): Promise<StepOutcome> {
  const check: StepRecord = {
    address: `rollback/${step.id}#1`,
    id: step.id,
    part: 'success',
    kind: step.kind,
    title: step.title,
    state: 'running',
    startedAt: Date.now(),
  };
  record.checks.push(check);
  record.publish();
  const outcome = await measure();
  Object.assign(check, outcome, { state: outcome.verdict === 'PASS' ? 'passed' : 'failed', endedAt: Date.now() });
  record.publish();
  return outcome;
}

async function health(input: RollbackInput, step: CheckStep, since: number): Promise<StepOutcome> {
  const { check } = step;
  if (check.type === 'stable')
    return { verdict: 'HOLD', reason: `${step.id}: a rollback has no earlier phases to look at` };
  const { environment } = input;
  const result = await runCheck({ origin: origin(input, step.id, step.title), check, environment, changedAt: since });
  if (!('endedAt' in result)) return result;
  return { verdict: result.verdict, reason: `${step.title}: ${result.reason}`, evidence: [result.evidence] };
}

function origin(input: RollbackInput, id: string, title: string): Origin {
  return { run: input.run.workflowId, address: `rollback/${id}#1`, title };
}
