import type { WindowSpec } from '../model.js';
import type { CriterionSummary } from '../run-facts.js';
import type { WindowState } from './state.js';
import { judgedOf } from './verdict.js';

/** What became of each criterion so far, in the plan's order. */
export function summary(spec: WindowSpec, state: WindowState): CriterionSummary[] {
  return judgedOf(spec, state).map(({ criterion, state: { ok, breaches, notValid, last, worst } }) => ({
    text: criterion.text,
    metric: criterion.metric,
    ok,
    breaches,
    notValid,
    ...(last !== undefined && { last }),
    ...(worst !== undefined && { worst }),
  }));
}
