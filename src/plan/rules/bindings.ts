import { parseCriterion } from '../language/criterion.js';
import { hintForName } from '../language/suggest.js';
import { parseComparison, type Comparison } from '../language/threshold.js';
import type { Path } from '../loading/fault.js';
import { counterPattern } from '../rise.js';
import type { Pairing, PairingRule } from './cross.js';
import { checksOf, flagRemovalsOf, kpisOf, namesOf, stageItemsOf, stagesOf } from './walk.js';
import { causeRulesOf } from './walk-watch.js';
import { windowsOf } from './windows-of.js';

/** Every metric that a gate reads can be read here, and the source can do what the plan asks of it. */
export const bindingRules: PairingRule = (pairing) => {
  const { plan, environment, inPlan, inEnvironment } = pairing;
  const { metrics } = environment;
  if (!metrics?.bindings || metrics.provider === undefined) return;
  const keys = keysOf(metrics.provider);
  const key = keys.join(' or ');
  const declared = namesOf(plan.metrics);
  const used = usedMetrics(pairing);
  for (const [name, path] of used) {
    if (!declared.includes(name)) continue;
    const binding = metrics.bindings[name];
    if (!Object.hasOwn(metrics.bindings, name)) {
      inPlan(path, {
        code: 'PG105',
        message: `${name} is used here, but ${environment.id ?? 'the environment'} does not say how it is read`,
        hint: `add metrics.bindings.${name} with ${key} to the environment`,
      });
    } else if (binding && !keys.some((one) => one in binding)) {
      inEnvironment(['metrics', 'bindings', name], {
        code: 'PG105',
        message: `${name} has no ${key}, which ${metrics.provider} needs`,
        hint: `add ${key}`,
        at: 'key',
      });
    }
  }
  unwatched(pairing, used);
  for (const name of namesOf(metrics.bindings)) {
    if (declared.includes(name) || plan.metrics === undefined) continue;
    inEnvironment(['metrics', 'bindings', name], {
      severity: 'warning',
      code: 'PG105',
      message: `the plan has no metric "${name}"`,
      hint: hintForName(name, declared, 'leave it out unless another plan uses it'),
      at: 'key',
    });
  }
  if (metrics.provider === 'endpoint') withoutMemory(pairing);
  else countedAsOne(pairing);
};

/** Whether the environment says how a metric is read. */
export function isRead({ metrics }: Pairing['environment'], metric: string): boolean {
  const binding = metrics?.bindings?.[metric];
  return binding !== undefined && keysOf(metrics?.provider ?? 'prometheus').some((key) => key in binding);
}

function keysOf(provider: 'prometheus' | 'endpoint'): string[] {
  return provider === 'prometheus' ? ['promql', 'counter'] : ['sample'];
}

/** A metric whose thresholds alert, and that nothing else needs, may stay unread: but not unnoticed. */
function unwatched({ plan, environment, inPlan }: Pairing, used: ReadonlyMap<string, Path>): void {
  for (const name of namesOf(plan.metrics)) {
    const metric = plan.metrics?.[name];
    if (!metric || used.has(name) || !('warning' in metric || 'critical' in metric)) continue;
    if (isRead(environment, name)) continue;
    const place = environment.id ?? 'the environment';
    inPlan(['metrics', name], {
      severity: 'warning',
      code: 'PG105',
      message: `nothing watches ${name} here: ${place} does not say how it is read`,
      hint: `add metrics.bindings.${name} to the environment`,
      at: 'key',
    });
  }
}

/** Of several series in one number nobody can tell a restart of one from a smaller count, or from nothing at all. */
function countedAsOne({ plan, environment, inEnvironment }: Pairing): void {
  for (const name of countedMetrics(plan)) {
    const promql = environment.metrics?.bindings?.[name]?.promql;
    if (promql === undefined || promql.includes('{{elapsed}}') || counterPattern.test(promql.trim())) continue;
    inEnvironment(['metrics', 'bindings', name, 'promql'], {
      severity: 'warning',
      code: 'PG110',
      message: `the plan judges how much ${name} rises, and a restart behind this query hides that or makes it up`,
      hint: `write counter: NAME_total in place of promql, or a query over {{elapsed}}`,
    });
  }
}

function countedMetrics(plan: Pairing['plan']): Set<string> {
  const windows = windowsOf(plan);
  const judged = windows
    .flatMap((window) => window.criteria ?? [])
    .filter((one) => one.increase ?? isZero(one.criterion.comparison));
  const traffic = windows.flatMap(({ minTraffic }) => minTraffic ?? []);
  return new Set([...judged.map(({ criterion }) => criterion.metric), ...traffic, ...countedByGuard(plan)]);
}

/** Of what the guard watches, that of which nothing may happen at all: its thresholds are of how much it rose. */
function countedByGuard(plan: Pairing['plan']): string[] {
  const asked = causeRulesOf(plan).map(({ rule }) => rule.metric);
  return namesOf(plan.metrics).filter((name) => {
    const metric = plan.metrics?.[name];
    if (!metric || !('warning' in metric || 'critical' in metric || asked.includes(name))) return false;
    const target = metric.target === undefined ? undefined : parseComparison(metric.target);
    return target?.ok === true && isZero(target.value);
  });
}

function isZero(comparison: Comparison | undefined): boolean {
  return comparison?.op === '==' && Number.parseFloat(comparison.value) === 0;
}

/** A metrics page answers for now only: what a crash or a look back misses is no data. */
function withoutMemory({ plan, environment, inPlan }: Pairing): void {
  const warn = (path: Path, message: string, hint: string): void =>
    inPlan(path, { severity: 'warning', code: 'PG110', message: `the metrics source has no memory: ${message}`, hint });
  for (const { path, value } of checksOf(plan)) {
    if (!value.stable) continue;
    warn([...path, 'stable', 'for'], 'what was before this check began cannot be seen', 'use Prometheus to look back');
  }
  // In compressed time it is watched from the answer on: that takes seconds there.
  for (const { path } of environment.compress === undefined ? flagRemovalsOf(plan) : []) {
    inPlan([...path, 'unread'], {
      code: 'PG454',
      message: 'the metrics source has no memory, so nobody could tell how long the flags have been unread',
      hint: 'use Prometheus in this environment',
    });
  }
  for (const { criterion, path } of windowsOf(plan).flatMap((window) => window.criteria ?? [])) {
    if (!criterion.baseline) continue;
    warn(path, 'the baseline is what it reads just before the phase', 'use Prometheus to take it over a time');
  }
}

/** Each metric that something judges, with the place that asks for it. */
function usedMetrics({ plan }: Pairing): Map<string, Path> {
  const used = new Map<string, Path>();
  const add = (name: string | undefined, path: Path): void => {
    if (name !== undefined && !used.has(name)) used.set(name, path);
  };
  for (const window of windowsOf(plan)) {
    for (const { criterion, path } of window.criteria ?? []) add(criterion.metric, path);
    add(window.minTraffic, [...window.path, 'min-traffic', 'metric']);
  }
  for (const { path, value } of checksOf(plan)) {
    const parsed = value.metric === undefined ? undefined : parseCriterion(value.metric);
    if (parsed?.ok) add(parsed.value.metric, [...path, 'metric']);
  }
  for (const { path, value } of stagesOf(plan).flatMap((stage) => stageItemsOf(stage)))
    (value.baseline?.metrics ?? []).forEach((name, index) => add(name, [...path, 'baseline', 'metrics', index]));
  for (const { path, value } of kpisOf(plan)) add(value.metric, [...path, 'metric']);
  for (const { path, rule } of causeRulesOf(plan)) add(rule.metric, path);
  // Crossed, it takes everything back: that may not go unseen.
  for (const name of namesOf(plan.metrics)) {
    const metric = plan.metrics?.[name];
    if (metric?.priority === 'red' && 'critical' in metric) add(name, ['metrics', name, 'critical']);
  }
  const named = plan.rollback?.metrics;
  (named ?? []).forEach((name, index) => add(name, ['rollback', 'metrics', index]));
  if (named === undefined) {
    for (const name of namesOf(plan.metrics))
      if (plan.metrics?.[name]?.priority === 'red') add(name, ['metrics', name]);
  }
  return used;
}
