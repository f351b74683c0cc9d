import { ActivityFailure, ApplicationFailure, isCancellation, rootCause, TimeoutFailure } from '@temporalio/workflow';
import type { Verdict } from '../../plan/judge-types.js';
import type { EvidenceRef } from '../../plan/run-facts.js';

export interface StepOutcome {
  verdict: Verdict;
  reason: string;
  output?: string;
  evidence?: EvidenceRef[];
}

/** Errors in which the target itself said no: measured badness, so FAIL. Everything else could not be judged: HOLD. */
const refusals = new Set(['PG302', 'PG303', 'PG304', 'PG308', 'PG116']);

/** Runs an activity; one that did not come to a result becomes a verdict, except when it was cancelled. */
export async function verdictOf<T>(run: () => Promise<T>): Promise<T | StepOutcome> {
  try {
    return await run();
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return failureOutcome(error);
  }
}

export function failureOutcome(error: ActivityFailure): StepOutcome {
  const cause = error.cause;
  if (cause instanceof ApplicationFailure) {
    const code = cause.type ?? '';
    return {
      verdict: refusals.has(code) ? 'FAIL' : 'HOLD',
      reason: code ? `${code}: ${cause.message}` : cause.message,
    };
  }
  if (cause instanceof TimeoutFailure) {
    return {
      verdict: 'HOLD',
      reason: `${error.activityType} got no answer in time (${cause.timeoutType ?? 'timeout'})`,
    };
  }
  return { verdict: 'HOLD', reason: rootCause(error) ?? error.message };
}
