import { formatValue } from '../judge/format.js';
import type { CauseRule } from '../model.js';

/** When a metric makes an incident, as a plan writes it: `latency more than 20% and at most 50% above baseline`. */
export function ruleText(rule: CauseRule): string {
  if ('level' in rule) return `${rule.metric} is ${rule.level}`;
  if ('bound' in rule) return `${rule.metric} ${rule.bound.text}`;
  const { above, below } = rule.slower;
  const limit = below === undefined ? '' : ` and at most ${formatValue('ratio', below)}`;
  return `${rule.metric} more than ${formatValue('ratio', above)}${limit} above baseline`;
}
