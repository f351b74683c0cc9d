import { holds, measure } from '../judge/measure.js';
import type { Sample } from '../judge-types.js';
import type { CauseRule, Criterion, Unit } from '../model.js';
import { off, turn } from './latch.js';
import type { CauseNews, CauseWatch, GuardRules, GuardState, WatchedCause } from './state.js';
import { causeReason } from './words.js';
import type { Told } from './told.js';

export function startCause(told: Told): CauseWatch {
  return { latch: off, told };
}

/** Whether a cause holds by now, as far as metrics tell; a gap neither confirms nor clears. */
export function takeCause(
  { guard, causes, baseline, metrics }: GuardRules,
  { when }: WatchedCause,
  cause: CauseWatch,
  watches: GuardState['metrics'],
  { readings }: Sample
): CauseWatch {
  const watch = watches[when.metric];
  if ('level' in when) {
    const worse = causes.some(({ when: other }) => isCritical(other, when.metric));
    // A metric beyond its critical threshold is beyond its warning too: it counts there unless a cause of its own has it.
    const on = when.level === 'critical' || !worse ? watch?.[when.level].on : watch?.warning.on && !watch.critical.on;
    return { ...cause, latch: { ...cause.latch, on: on === true } };
  }
  const need = { on: guard.inARow, off: guard.recoveredInARow };
  const reading = Object.hasOwn(readings, when.metric) ? readings[when.metric] : undefined;
  const raw = reading?.kind === 'value' && Number.isFinite(reading.value) ? reading.value : undefined;
  if ('bound' in when) {
    // Of a metric whose increase is counted the cause means that increase.
    const value = raw === undefined ? undefined : (watch?.value ?? raw);
    return { ...cause, latch: turn(cause.latch, value === undefined ? undefined : holds(when.bound, value), need) };
  }
  const unit = metrics.find(({ name }) => name === when.metric)?.unit ?? 'seconds';
  const base = Object.hasOwn(baseline, when.metric) ? baseline[when.metric] : undefined;
  const than = (ratio: number): boolean | undefined => {
    const { class: judged } = measure(slowerThan(when.metric, unit, ratio), reading, { baseline: base });
    return judged === 'ok' || judged === 'breach' ? judged === 'breach' : undefined;
  };
  const above = than(when.slower.above);
  const seen = above && when.slower.below !== undefined ? !than(when.slower.below) : above;
  return { ...cause, latch: turn(cause.latch, seen, need) };
}

/** The causes that compare with a baseline that is not known: nobody can tell whether they hold. */
export function unjudged({ causes, baseline }: Pick<GuardRules, 'causes' | 'baseline'>): WatchedCause[] {
  return causes.filter(({ when }) => 'slower' in when && (baseline[when.metric] ?? 0) === 0);
}

export function causeNews(
  rules: GuardRules,
  cause: WatchedCause,
  watches: GuardState['metrics'],
  holdsNow: boolean,
  at: number
): CauseNews {
  const { metric } = cause.when;
  return {
    kind: 'cause',
    cause: cause.id,
    metric,
    holds: holdsNow,
    at,
    reason: causeReason(rules, cause, watches[metric], holdsNow),
  };
}

function isCritical(rule: CauseRule, metric: string): boolean {
  return 'level' in rule && rule.level === 'critical' && rule.metric === metric;
}

function slowerThan(metric: string, unit: Unit, ratio: number): Criterion {
  return { metric, unit, text: metric, baseline: { side: 'above', ratio }, onBreach: 'restart', increase: false };
}
