import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Origin, WindowInput, WindowResult } from '../activities/contract.js';
import { targetTimes } from '../plan/inside-targets.js';
import { canRecover } from '../plan/judge.js';
import type { EvidenceRef } from '../plan/run-facts.js';
import type { RollbackInput } from '../plan/run-input.js';
import { environmentCalls } from './activities.js';
import { verdictOf, type StepOutcome } from './phase/attempt.js';
import { atItsEnd } from './simulated-end.js';
import { sliceEnvironment } from './slice.js';

const minute = 60_000;

/**
 * Whether the red metrics are inside their targets for as long as the plan asks before all is well again. What could not be
 * measured by the deadline is HOLD.
 *
 * @param since epoch ms of what was changed
 */
export async function insideTargets(
  input: Pick<RollbackInput, 'environment' | 'rollback'>,
  asked: Origin,
  since: number
): Promise<StepOutcome> {
  const { window } = input.rollback;
  const names = window.criteria.map((criterion) => criterion.metric);
  if (names.length === 0) return { verdict: 'HOLD', reason: 'the plan names no metric that says whether all is well' };
  const environment = sliceEnvironment(input.environment, { metrics: names });
  const calls = environmentCalls(input.environment.id);
  const { title } = asked;
  const { changedAt, t0, deadlineAt } = targetTimes(window, since, Date.now());
  const watch = (more: Partial<WindowInput>): Promise<WindowResult> =>
    atItsEnd(
      calls
        .windows(window.warmUp.ms + window.deadline.ms + 10 * minute)
        .watchWindow.executeWithOptions({ summary: `${title}: ${window.length.planned}` }, [
          { origin: asked, spec: window, t0, reachBackMs: 0, environment, changedAt, ownBase: true, ...more },
        ])
    );
  let resume: Pick<WindowInput, 'resume'> = {};
  const evidence: EvidenceRef[] = [];
  for (;;) {
    const result = await verdictOf(() => watch(resume));
    if (!('state' in result)) return { ...result, evidence };
    evidence.push(result.evidence);
    const outcome = { verdict: result.verdict ?? 'HOLD', reason: result.reason, evidence };
    if (outcome.verdict !== 'HOLD' || !canRecover(result.state)) return outcome;
    // Nobody is asked here: metrics that are away have until the deadline to come back.
    const back = await beforeDeadline(deadlineAt, () =>
      verdictOf(() => watch({ resume: result.state, untilRecovered: true }))
    );
    if (!back || !('state' in back)) return outcome;
    evidence.push(back.evidence);
    if (back.verdict === 'FAIL') return { verdict: 'FAIL', reason: back.reason, evidence };
    if (back.verdict !== undefined) return outcome;
    resume = { resume: back.state };
  }
}

async function beforeDeadline<T>(deadlineAt: number, run: () => Promise<T>): Promise<T | undefined> {
  try {
    // Also when it has passed: whether it has must not be asked of the clock (decision 009).
    return await CancellationScope.withTimeout(Math.max(1, deadlineAt - Date.now()), run);
  } catch (error) {
    if (isCancellation(error)) return undefined;
    throw error;
  }
}
