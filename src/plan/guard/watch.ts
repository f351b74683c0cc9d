import { boundCriterion } from '../judge/bound-criterion.js';
import { startCriterion } from '../judge/criterion.js';
import { holds, measure } from '../judge/measure.js';
import type { Sample } from '../judge-types.js';
import { sampleAt, type Grid } from '../judge/grid.js';
import type { Criterion, GuardSpec, Metric } from '../model.js';
import { causeNews, startCause, takeCause } from './causes.js';
import { off, turn } from './latch.js';
import {
  metricStates,
  toldState,
  type GuardNews,
  type GuardRules,
  type GuardState,
  type MetricWatch,
} from './state.js';
import { tell, type Told } from './told.js';
import { blindReason, metricReason } from './words.js';

/** The grid of a guard, in the form in which windows have theirs. */
export function gridOf({ every }: GuardSpec): Grid {
  return { every, warmUp: { ms: 0, planned: '0s' } };
}

/** When the last sample was due that a guard has taken (epoch ms); before its first, when that is due. */
export function lastSampleAt(guard: GuardSpec, { t0, nextK }: Pick<GuardState, 't0' | 'nextK'>): number {
  return sampleAt(gridOf(guard), t0, Math.max(0, nextK - 1));
}

/** How long it takes to be back, the first time. */
function calmMs({ every, recoveredInARow }: GuardSpec): number {
  return every.ms * recoveredInARow;
}

/** A guard before its first sample. @param t0 epoch ms at which its grid starts */
export function startGuard({ metrics, causes, baseline, sinceChange }: GuardRules, t0: number): GuardState {
  const told = { rank: 0, since: t0, flaps: 0 };
  return {
    t0,
    nextK: 0,
    metrics: Object.fromEntries(
      metrics.map((metric) => [metric.name, { ...startMetric(metric, baseline, sinceChange), told }])
    ),
    causes: Object.fromEntries(causes.map(({ id }) => [id, startCause(told)])),
    blind: told,
  };
}

/**
 * Takes the next sample, for all metrics at once: each is at a level when `inARow` measured samples in a row crossed
 * its threshold, and leaves it after `recoveredInARow`. A sample without a valid value neither confirms nor clears; so
 * many of them in a row are a state of their own. What is news is what people would be told (`Told`): the same metric
 * going up and down without end is little news.
 *
 * @throws Error when the sample is not the one that is due: a programming error
 */
export function takeGuardSample(
  rules: GuardRules,
  state: GuardState,
  sample: Sample
): { state: GuardState; news: GuardNews[] } {
  const { guard, metrics, causes } = rules;
  const { k, at } = sample;
  if (k !== state.nextK || at !== state.t0 + k * guard.every.ms) throw new Error(`sample ${k} is not the one due`);
  const calm = calmMs(guard);
  const measured = metrics.map((metric) => ({
    metric,
    watch: takeMetric(rules, metric, watchOf(state, metric), sample),
  }));
  const allMissing = measured.length > 0 && measured.every(({ watch }) => watch.missing.on);
  const blind = tell(state.blind, allMissing ? 1 : 0, at, calm);
  const news: GuardNews[] = [];
  const watches: GuardState['metrics'] = {};
  for (const { metric, watch } of measured) {
    const told = tell(watch.told, rankOf(watch, allMissing), at, calm);
    const next = { ...watch, told };
    watches[metric.name] = next;
    const isBack = metric.priority === 'red' && watch.critical.on && !watchOf(state, metric).critical.on;
    const isNews = told.rank !== watch.told.rank || (isBack && mayBeResolved(rules, watch.told, at));
    if (!isNews && !hasGrown(metric, next)) continue;
    const [from, to] = [toldState(watch), toldState(next)];
    const reason = metricReason(guard, metric, next, to);
    const value = next.value === undefined ? {} : { value: next.value };
    news.push({
      kind: 'metric',
      metric: metric.name,
      from,
      to,
      ...value,
      at,
      reason,
      ...(isNews ? {} : { grown: true }),
    });
    watches[metric.name] = { ...next, ...(next.value === undefined ? {} : { toldValue: next.value }) };
  }
  if (blind.rank !== state.blind.rank)
    news.push({ kind: 'blind', blind: blind.rank > 0, at, reason: blindReason(rules, watches, blind.rank > 0) });
  const held: GuardState['causes'] = {};
  for (const cause of causes) {
    const before = state.causes[cause.id] ?? startCause({ rank: 0, since: at, flaps: 0 });
    const next = takeCause(rules, cause, before, watches, sample);
    const told = tell(next.told, next.latch.on ? 1 : 0, at, calm);
    held[cause.id] = { ...next, told };
    const isBack = next.latch.on && !before.latch.on;
    if (told.rank !== before.told.rank || (isBack && mayBeResolved(rules, before.told, at)))
      news.push(causeNews(rules, cause, watches, told.rank > 0, at));
  }
  return { state: { ...state, nextK: k + 1, metrics: watches, causes: held, blind }, news };
}

/** Only metrics that somebody began to watch have a state; a plan never changes under its guard. */
function watchOf(state: GuardState, { name }: Metric): MetricWatch {
  const watch = state.metrics[name];
  if (!watch) throw new Error(`${name} is not watched by this guard`);
  return watch;
}

function startMetric(
  metric: Metric,
  baseline: GuardRules['baseline'],
  sinceChange: readonly string[]
): Omit<MetricWatch, 'told'> {
  const base = Object.hasOwn(baseline, metric.name) ? baseline[metric.name] : undefined;
  const countsItself = sinceChange.includes(metric.name);
  // It begins with the first change: what was counted before its first sample is no more than a moment's.
  const countsFrom = countsItself ? 'the query does' : base === undefined ? 'first sample' : 'baseline';
  const { counter } = startCriterion(criterionOf(metric), base, countsFrom);
  return { critical: off, warning: off, offTarget: off, missing: off, ...(counter && { counter }) };
}

/**
 * What is counted from the first change on never falls, so its warning never ends: people who have heard of one violation
 * hear of the second, of the fourth, and so on. What is critical is an incident, in which people look at it themselves.
 */
function hasGrown(metric: Metric, watch: MetricWatch): boolean {
  const { value, toldValue } = watch;
  if (value === undefined || toldValue === undefined || toldState(watch) !== 'warning') return false;
  return criterionOf(metric).increase && value > toldValue && value >= 2 * toldValue;
}

/** The metric against its own target, as criteria are judged. */
function criterionOf(metric: Metric): Criterion {
  const { target, critical } = metric;
  return { ...boundCriterion(metric, target), ...(critical && { critical }) };
}

function takeMetric({ guard }: GuardRules, metric: Metric, watch: MetricWatch, { at, readings }: Sample): MetricWatch {
  const reading = Object.hasOwn(readings, metric.name) ? readings[metric.name] : undefined;
  const { class: judged, value, critical, problem, counter } = measure(criterionOf(metric), reading, watch);
  const level = { on: guard.inARow, off: guard.recoveredInARow };
  const missing = { on: guard.missingInARow, off: guard.recoveredInARow };
  if (value === undefined) return { ...watch, missing: turn(watch.missing, true, missing), problem: problem ?? judged };
  const warned = critical || (metric.warning !== undefined && holds(metric.warning, value));
  const missed = warned || (metric.target !== undefined && judged === 'breach');
  return {
    ...watch,
    ...(counter && { counter }),
    value,
    seenAt: at,
    critical: turn(watch.critical, critical, level),
    warning: turn(watch.warning, warned, level),
    offTarget: turn(watch.offTarget, missed, level),
    missing: turn(watch.missing, false, missing),
  };
}

/**
 * Whether what still stands as told was well for so long that its incident may have been resolved, of which a guard hears
 * nothing: when it comes back, the run would go on with it. That it was better is known a calm time after it began to be.
 */
function mayBeResolved({ guard, resolvesInMs }: GuardRules, { rank, betterSince }: Told, at: number): boolean {
  if (resolvesInMs === undefined || betterSince === undefined) return false;
  return rank > 0 && at - betterSince + calmMs(guard) >= resolvesInMs;
}

/** When nothing at all can be measured, that is one piece of news, and not one for each metric. */
function rankOf(watch: MetricWatch, allMissing: boolean): number {
  const { critical, warning, offTarget, missing } = watch;
  const measured = critical.on ? 'critical' : warning.on ? 'warning' : offTarget.on ? 'off-target' : 'ok';
  const untold = allMissing && toldState(watch) !== 'no-data';
  const state = missing.on && !untold && measured !== 'critical' ? 'no-data' : measured;
  return metricStates.indexOf(state);
}
