import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  rootCause,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Verdict } from '../../plan/judge-types.js';
import type { EvidenceRef } from '../../plan/run-facts.js';

export interface StepOutcome {
  verdict: Verdict;
  reason: string;
  output?: string;
  evidence?: EvidenceRef[];
}

/** Errors that are measured badness, so FAIL; all others mean HOLD. Of a reading: what should be there is not. */
const notThere: ReadonlySet<string> = new Set(['PG302']);
/** Of a change: the target itself said no. A reading that is refused says nothing about the target. */
export const saidNo: ReadonlySet<string> = new Set([...notThere, 'PG303', 'PG304']);

/** Runs an activity; one that did not come to a result becomes a verdict, unless the phase itself is being stopped. */
export async function verdictOf<T>(run: () => Promise<T>, failures = notThere): Promise<T | StepOutcome> {
  try {
    return await run();
  } catch (error) {
    const stopping = isCancellation(error) && CancellationScope.current().consideredCancelled;
    if (stopping || !(error instanceof ActivityFailure)) throw error;
    const reason = failureText(error);
    const code = error.cause instanceof ApplicationFailure ? (error.cause.type ?? '') : '';
    return { verdict: failures.has(code) ? 'FAIL' : 'HOLD', reason };
  }
}

/** Why an activity did not come to a result, for people: with its code, without the machinery around it. */
export function failureText(error: ActivityFailure): string {
  const { cause } = error;
  if (cause instanceof ApplicationFailure) {
    return cause.type?.startsWith('PG') ? `${cause.type} ${cause.message}` : cause.message;
  }
  if (wasNotTaken(error)) return `PG402 no worker of this environment took ${error.activityType}`;
  if (cause instanceof TimeoutFailure) return `${error.activityType} got no answer in time (${cause.timeoutType})`;
  return rootCause(error) ?? error.message;
}

/** Whether nobody even began: no worker of the environment was there in time. */
export function wasNotTaken({ cause }: ActivityFailure): boolean {
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START';
}
