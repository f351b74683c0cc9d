import type { AlertLevel } from '../model.js';
import { parseDistance } from './criterion.js';
import { quantityPattern } from './quantity.js';
import { parseComparison, thresholdPattern } from './threshold.js';
import type { Comparison } from './threshold.js';
import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

/** When a metric makes an incident, as it is written; exactly one of the three is there. */
export interface CauseText {
  metric: string;
  level?: AlertLevel;
  /** The value is read once the metric's unit is known. */
  comparison?: Comparison;
  /** Ratios above the baseline. */
  slower?: { above: number; below?: number };
}

const name = '[a-z][a-z0-9_]*';
const forms =
  'write METRIC is critical (or warning), METRIC < 50%, METRIC more than 50% above baseline, or ' +
  'METRIC more than 20% and at most 50% above baseline';

/** The forms of a rule for editors. */
export const causeRulePattern =
  `^${name} (?:is (?:warning|critical)|more than ${quantityPattern}(?: and at most ${quantityPattern})? above baseline)$` +
  `|^${name}\\s*${thresholdPattern.slice(1)}`;

/**
 * Reads when a metric makes an incident: `METRIC is critical`, `METRIC OP VALUE`, or
 * `METRIC more than 20% [and at most 50%] above baseline`.
 */
export function parseCauseRule(text: string): Understood<CauseText> {
  const whole = text.trim().replace(/\s+/g, ' ');
  const [, metric, condition] = /^([A-Za-z_][\w-]*)\s*(.*)$/.exec(whole) ?? [];
  if (metric === undefined || condition === undefined || condition === '')
    return misunderstood(`"${text}" does not say when it is an incident`, forms);
  if (!new RegExp(`^${name}$`).test(metric)) {
    return misunderstood(
      `"${metric}" is not the name of a metric`,
      'metric names are lower case with underscores, like error_rate'
    );
  }
  if (/ for \S+$/.test(condition))
    return misunderstood(
      `"${text}" names a time, but samples in a row decide`,
      'leave "for" out; in-a-row under guard says how many samples'
    );
  const parsed = parseCondition(condition);
  return parsed.ok ? understood({ metric, ...parsed.value }) : parsed;
}

function parseCondition(text: string): Understood<Omit<CauseText, 'metric'>> {
  if (text === 'is warning' || text === 'is critical')
    return understood({ level: text === 'is warning' ? 'warning' : 'critical' });
  if (/^(?:is|more|at)\b/.test(text)) return parseSlower(text);
  const comparison = parseComparison(text);
  return comparison.ok ? understood({ comparison: comparison.value }) : misunderstood(comparison.problem, forms);
}

function parseSlower(text: string): Understood<Omit<CauseText, 'metric'>> {
  const [, from, to] = /^more than (\S+?)(?: and at most (\S+))? above baseline$/.exec(text) ?? [];
  if (from === undefined) return misunderstood(`"${text}" is no rule for an incident`, forms);
  const above = distance(from);
  if (!above.ok) return above;
  if (to === undefined) return understood({ slower: { above: above.value } });
  const below = distance(to);
  if (!below.ok) return below;
  return below.value > above.value
    ? understood({ slower: { above: above.value, below: below.value } })
    : misunderstood(`nothing is more than ${from} and at most ${to}`, `write more than ${to} and at most ${from}`);
}

function distance(text: string): Understood<number> {
  const parsed = parseDistance(text);
  return parsed.ok
    ? parsed
    : misunderstood(
        `"${text}" is no useful distance from a baseline`,
        'write for example "more than 50% above baseline"'
      );
}
