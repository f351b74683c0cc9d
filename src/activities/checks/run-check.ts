import type { MetricCheck } from '../../plan/model.js';
import { lastLines } from '../commands/index.js';
import type { CheckInput, CheckResult } from '../contract.js';
import type { Tools } from '../deps.js';
import { codeOf, messageOf } from '../fail.js';
import type { Scope } from '../scope.js';
import { commandCheck } from './command-check.js';
import type { Finding } from './finding.js';
import { flagCheck } from './flag-check.js';
import { httpCheck } from './http-check.js';

/** The metric kind of check, which reads a metric source; it writes its own evidence. */
export type CheckMetric = (input: CheckInput & { check: MetricCheck }) => Promise<CheckResult>;

/**
 * Runs a check of any kind. What could not be judged, for whatever coded reason, is HOLD: only a cancelled or broken
 * activity throws.
 */
export async function runCheck(
  input: CheckInput,
  tools: Tools,
  scope: Scope,
  checkMetric: CheckMetric
): Promise<CheckResult> {
  const { check } = input;
  if (check.type === 'metric') return checkMetric({ ...input, check });
  const startedAt = tools.clock.now();
  const { verdict, reason, output, facts } = await find(check, input, tools, scope);
  const endedAt = tools.clock.now();
  const { origin } = input;
  const document = tools.secrets.scrubAll({ origin, verdict, reason, startedAt, endedAt, facts });
  const evidence = await tools.evidence.put(`${check.type}-check`, document);
  const tail = output === undefined ? '' : lastLines(tools.secrets.scrub(output));
  return { verdict, reason, endedAt, evidence, ...(tail === '' ? {} : { output: tail }) };
}

async function find(
  check: Exclude<CheckInput['check'], MetricCheck>,
  { origin, environment }: CheckInput,
  tools: Tools,
  scope: Scope
): Promise<Finding> {
  try {
    switch (check.type) {
      case 'http':
        return await httpCheck(check, environment, tools, scope);
      case 'command':
        return await commandCheck(check, origin, environment, tools, scope);
      case 'flag':
        return await flagCheck(check, environment, tools, scope);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    return { verdict: 'HOLD', reason: `${code}: ${messageOf(error)}`, facts: { check } };
  }
}
