import { formatValue } from '../judge/format.js';
import { holds } from '../judge/measure.js';
import type { GuardSpec, Metric, Unit } from '../model.js';
import { meansNone } from '../rise.js';
import { counted, instantText } from '../text/spans.js';
import type { MetricState } from '../watch-status.js';
import type { GuardRules, GuardState, MetricWatch, WatchedCause } from './state.js';

/** The sentences of what a guard tells: what was measured, when, and against what. */

/** Why a metric is now said to be in this state. */
export function metricReason(guard: GuardSpec, metric: Metric, watch: MetricWatch, to: MetricState): string {
  const { name, target, warning, critical } = metric;
  if (to === 'no-data') {
    const row = counted(Math.max(watch.missing.row, guard.missingInARow), 'sample');
    return `${name} has had no valid value on ${row} in a row (${watch.problem ?? 'no data'})`;
  }
  const seen = seenText(metric, watch);
  if (to === 'critical') return `${name} is beyond its critical threshold (${critical?.text ?? ''}): ${seen}`;
  // A level is left after several good samples, so the latest may be well while it still counts.
  if (to === 'warning' && warning && watch.value !== undefined && !holds(warning, watch.value))
    return `${name} was beyond its warning threshold (${warning.text}) and is not sure to be back: ${seen}`;
  if (to === 'warning') return `${name} is beyond its warning threshold (${warning?.text ?? ''}): ${seen}`;
  if (to === 'off-target' && target && watch.value !== undefined && holds(target, watch.value))
    return `${name} crosses no threshold, and is not sure to be inside its target (${target.text}): ${seen}`;
  if (to === 'off-target')
    return `${name} crosses no threshold, and misses its target (${target?.text ?? ''}): ${seen}`;
  // What only causes of incidents ask about has none to be inside of: all that was wrong is that nobody could tell.
  if (!warning && !critical) return `${name} can be measured again: ${seen}`;
  return `${name} is back inside its thresholds: ${seen}`;
}

export function blindReason({ guard, metrics }: GuardRules, watches: GuardState['metrics'], blind: boolean): string {
  if (!blind) return 'metrics can be measured again';
  const problem = Object.values(watches).find((watch) => watch.problem !== undefined)?.problem ?? 'no data';
  const row = counted(guard.missingInARow, 'sample');
  const what = metrics.length === 1 ? 'the metric' : `none of the ${metrics.length} metrics`;
  const has = metrics.length === 1 ? 'has had no valid value' : 'has had a valid value';
  return `${what} that the guard watches ${has} on ${row} in a row or more (${problem})`;
}

export function causeReason(
  { metrics, baseline }: GuardRules,
  { title, when }: WatchedCause,
  watch: MetricWatch | undefined,
  holds: boolean
): string {
  const metric = metrics.find(({ name }) => name === when.metric);
  const unit = metric?.unit ?? 'count';
  const rule =
    'level' in when
      ? `${when.metric} at its ${when.level} threshold`
      : 'bound' in when
        ? `${when.metric} ${when.bound.text}`
        : `${when.metric} ${slowerText(when.slower, unit, baseline[when.metric])}`;
  const seen = metric && watch ? `: ${seenText(metric, watch)}` : '';
  return holds ? `${title}: ${rule}${seen}` : `no longer: ${title} (${rule})${seen}`;
}

function slowerText(slower: { above: number; below?: number }, unit: Unit, base: number | undefined): string {
  const most = slower.below === undefined ? '' : ` and at most ${formatValue('ratio', slower.below)}`;
  const than = base === undefined ? 'its baseline' : `its baseline of ${formatValue(unit, base)}`;
  return `more than ${formatValue('ratio', slower.above)}${most} above ${than}`;
}

/** A value in canonical units with its instant. */
function seenText({ unit, target }: Metric, { value, seenAt }: MetricWatch): string {
  if (value === undefined || seenAt === undefined) return 'never measured';
  const rose = meansNone(target) ? 'rose by ' : '';
  return `${rose}${formatValue(unit, value)} at ${instantText(seenAt)}`;
}
