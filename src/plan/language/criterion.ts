import type { Baseline } from '../model.js';
import { parseDuration } from './duration.js';
import { parseQuantity, quantityPattern } from './quantity.js';
import { parseComparison } from './threshold.js';
import type { Comparison } from './threshold.js';
import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

/** A criterion as it is written. `comparison` is absolute, `baseline` relative; exactly one of them is there. */
export interface CriterionText {
  text: string;
  metric: string;
  comparison?: Comparison;
  baseline?: Baseline;
  /** The duration after `for`, as written. */
  for?: string;
}

const name = '[a-z][a-z0-9_]*';
const forms =
  'write METRIC > 95% [for 30m], METRIC within 20% of baseline, or METRIC no more than 5% above (or below) baseline';
const largestRatio = 10;

/** The three forms of a criterion for editors. */
export const criterionPattern =
  `^${name}\\s*(?:(?:<=?|>=?|==)\\s*${quantityPattern}|within ${quantityPattern} of baseline|` +
  `no more than ${quantityPattern} (?:above|below) baseline)(?: for \\S+)?$`;

/**
 * Reads a criterion: `METRIC OP VALUE [for DURATION]`, `METRIC within 20% of baseline [for ...]` or
 * `METRIC no more than 5% above (below) baseline [for ...]`. The value of an absolute one is read when the unit of its
 * metric is known.
 */
export function parseCriterion(text: string): Understood<CriterionText> {
  const whole = text.trim().replace(/\s+/g, ' ');
  const [, metric, rest] = /^([A-Za-z_][\w-]*)\s*(.*)$/.exec(whole) ?? [];
  if (metric === undefined || rest === undefined) return misunderstood(`"${text}" is not a criterion`, forms);
  if (!new RegExp(`^${name}$`).test(metric)) {
    return misunderstood(
      `"${metric}" is not the name of a metric`,
      'metric names are lower case with underscores, like error_rate'
    );
  }
  if (rest === '') return misunderstood(`"${text}" does not say what to compare ${metric} with`, forms);
  const [, condition = '', duration] = /^(.*?)(?: for (\S+))?$/.exec(rest) ?? [];
  if (duration !== undefined) {
    const length = parseDuration(duration);
    if (!length.ok) return length;
    if (length.value === 0) return misunderstood(`"for ${duration}" holds for no time`, 'write for example "for 30m"');
  }
  const parsed = parseCondition(condition);
  if (!parsed.ok) return parsed;
  return understood({ text: whole, metric, ...parsed.value, ...(duration === undefined ? {} : { for: duration }) });
}

function parseCondition(text: string): Understood<Pick<CriterionText, 'comparison' | 'baseline'>> {
  if (!/^(?:within|no\b)/.test(text)) {
    const comparison = parseComparison(text);
    return comparison.ok
      ? understood({ comparison: comparison.value })
      : misunderstood(comparison.problem, relativeHint(text) ?? comparison.hint);
  }
  const within = /^within (.+) of baseline$/.exec(text);
  const limit = /^no more than (.+) (above|below) baseline$/.exec(text);
  const ratioText = within?.[1] ?? limit?.[1];
  if (ratioText === undefined) return misunderstood(`"${text}" is not a comparison with the baseline`, forms);
  const ratio = parseDistance(ratioText);
  if (!ratio.ok) return ratio;
  const side = limit ? (limit[2] === 'below' ? 'below' : 'above') : 'within';
  return understood({ baseline: { side, ratio: ratio.value } });
}

/** Unlike a ratio that is measured, a distance from the baseline may exceed 100 %. */
export function parseDistance(text: string): Understood<number> {
  const match = /^(\d+(?:\.\d+)?)\s?%$/.exec(text);
  if (!match) {
    const quantity = parseQuantity(text, 'ratio');
    return misunderstood(
      quantity.ok ? `"${text}" is no distance from a baseline` : quantity.problem,
      'write for example "within 20% of baseline"'
    );
  }
  const ratio = Number(`${match[1]}e-2`);
  if (ratio === 0 || ratio > largestRatio) {
    return misunderstood(
      `"${text}" is no useful distance from a baseline`,
      `write more than 0% and at most ${largestRatio * 100}%`
    );
  }
  return understood(ratio);
}

function relativeHint(text: string): string | undefined {
  return /baseline|slower|faster|higher|lower/.test(text) ? forms : undefined;
}
