import type { CheckInput, CheckResult, Origin } from '../activities/contract.js';
import type { Environment } from '../plan/model.js';
import type { BaselineSet } from '../plan/run-facts.js';
import { environmentCalls } from './activities.js';
import { verdictOf, type StepOutcome } from './phase/attempt.js';
import { needOfCheck, sliceEnvironment } from './slice.js';

const minute = 60_000;

export interface CheckRequest {
  origin: Origin;
  check: CheckInput['check'];
  environment: Environment;
  baseline?: BaselineSet | undefined;
  /** Epoch ms of the last change that a query must not look behind. */
  changedAt?: number | undefined;
}

/** Runs one check of any kind but `stable`, with the part of the environment that it needs. */
export function runCheck({
  origin,
  check,
  environment,
  baseline,
  changedAt,
}: CheckRequest): Promise<CheckResult | StepOutcome> {
  const longest = 'timeout' in check ? check.timeout.ms : 0;
  return verdictOf(() =>
    // A check tries again by itself while its target is away.
    environmentCalls(environment.id)
      .changes(4 * longest + minute)
      .runCheck.executeWithOptions({ summary: `Check: ${origin.title}`.slice(0, 180) }, [
        {
          origin,
          check,
          environment: sliceEnvironment(environment, needOfCheck(check)),
          ...(baseline ? { baseline } : {}),
          ...(changedAt === undefined ? {} : { changedAt }),
        },
      ])
  );
}
