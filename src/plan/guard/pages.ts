import { severityOf, specOf } from '../incidents/classify.js';
import type { AlertLevel, Plan } from '../model.js';
import type { GuardInput } from '../run-input.js';
import type { Trouble } from '../trouble.js';
import { toldState, type CauseNews, type GuardState, type MetricNews } from './state.js';
import { watchedCauses } from './status.js';

/** What people are called for together while severity 1 takes everything back. */
export const everything = 'everything';

type Rules = Pick<GuardInput, 'metrics' | 'incidents'>;

/** What the guard saw: `takesAllBack` from the first trouble on that makes the run go back. */
interface Seen {
  watch?: GuardState;
  takesAllBack?: true;
}

export function rulesOf({ metrics, incidents }: Pick<Plan, 'metrics' | 'incidents'>): Rules {
  return { metrics: Object.values(metrics), ...(incidents ? { incidents } : {}) };
}

/** What a trouble that the guard tells is paged under: with everything else while it takes everything back, else alone. */
export function pageOfTrouble({ dedupKey }: Pick<Trouble, 'dedupKey'>, reach: 'all' | 'component' | 'none'): string {
  return reach === 'all' ? everything : dedupKey;
}

/**
 * What the alert of a critical metric is paged under; undefined: it is a page of its own. Ten metrics that become critical
 * together, and the incident that they make, call people once.
 */
export function pageOfAlert(input: Rules, { watch, takesAllBack }: Seen, metric: string): string | undefined {
  if (takesAllBack) return everything;
  const own = heldTroubles(input, watch).find((trouble) => trouble.metric === metric);
  const { incidents, metrics } = input;
  // An incident of severity 3 calls as a warning does: what is critical must not wait for that.
  if (!own || !incidents || severityOf(incidents, own, namedMetrics(metrics)) === 3) return undefined;
  return pageOfTrouble(own, reachOf(input, own));
}

/** Whether something holds for which the run takes everything back. */
export function takesAllBack(input: Rules, watch: GuardState): boolean {
  return heldTroubles(input, watch).some((trouble) => reachOf(input, trouble) === 'all');
}

/** Gravest first: what takes everything back goes before what asks for a choice. */
export function bySeverity(input: Rules, troubles: readonly Trouble[]): Trouble[] {
  const { incidents, metrics } = input;
  if (!incidents) return [...troubles];
  const named = namedMetrics(metrics);
  return troubles.toSorted((a, b) => severityOf(incidents, a, named) - severityOf(incidents, b, named));
}

/** A metric that is critical makes trouble when it is red, unless that is a cause that the plan names. */
export function isTroubleOfItsOwn(input: Rules, metric: string): boolean {
  const named = watchedCauses(input).flatMap(({ when }) =>
    'level' in when && when.level === 'critical' ? [when.metric] : []
  );
  return input.metrics.some(({ name, priority }) => name === metric && priority === 'red') && !named.includes(metric);
}

/**
 * What the guard makes of a threshold that is crossed: an incident of its cause, or of the metric itself. Undefined: no
 * incident, only an alert. A metric beyond its critical threshold is beyond its warning too.
 */
export function incidentOfThreshold(input: Rules, metric: string, level: AlertLevel): { cause?: string } | undefined {
  const causeAt = (wanted: AlertLevel): string | undefined =>
    watchedCauses(input).find(({ when }) => 'level' in when && when.metric === metric && when.level === wanted)?.id;
  if (level === 'critical' && isTroubleOfItsOwn(input, metric)) return {};
  const cause = causeAt(level) ?? causeAt('warning');
  return cause === undefined ? undefined : { cause };
}

/** Whether a condition decides the cause that is none of its metric's thresholds. */
export function hasOwnCondition(input: Rules, cause: string): boolean {
  return watchedCauses(input).some(({ id, when }) => id === cause && !('level' in when));
}

/**
 * The key under which the guard tells of what another system tells too: whoever is first, it is one incident and one page.
 * Undefined where the guard would not tell it.
 */
export function guardKeyOf(
  input: Rules,
  { cause, metric, level }: Pick<Trouble, 'cause' | 'metric' | 'level'>
): string | undefined {
  if (cause !== undefined) return watchedCauses(input).some(({ id }) => id === cause) ? keyOf.cause(cause) : undefined;
  return level === 'critical' && metric !== undefined && isTroubleOfItsOwn(input, metric)
    ? keyOf.metric(metric)
    : undefined;
}

/** Whether the guard tells it, or would: then it is one with what the guard tells. */
export function isOfGuard({ source, dedupKey }: Pick<Trouble, 'source' | 'dedupKey'>): boolean {
  return source === 'guard' || Object.values(keyOf).some((key) => dedupKey.startsWith(key('')));
}

const keyOf = {
  metric: (metric: string) => `guard/metric/${metric}`,
  cause: (cause: string) => `guard/cause/${cause}`,
};

/** What was seen of a metric, for the words that people read. */
type Facts = Pick<MetricNews, 'value' | 'context'>;

export function troubleOfMetric(news: Pick<MetricNews, 'metric' | 'reason' | 'at'> & Facts): Trouble {
  const { metric, reason, at } = news;
  return {
    dedupKey: keyOf.metric(metric),
    source: 'guard',
    metric,
    level: 'critical',
    title: `${metric} is critical`,
    reason,
    at,
    ...factsOf(news),
  };
}

/** @param seen what is new of the cause's metric */
export function troubleOfCause(
  input: Rules,
  news: Pick<CauseNews, 'cause' | 'metric' | 'reason' | 'at'>,
  seen: Facts = {}
): Trouble {
  const { cause, metric, reason, at } = news;
  const found = watchedCauses(input).find(({ id }) => id === cause);
  const level = found && 'level' in found.when ? { level: found.when.level } : {};
  return {
    dedupKey: keyOf.cause(cause),
    source: 'guard',
    cause,
    metric,
    ...level,
    title: found?.title ?? cause,
    reason,
    at,
    ...factsOf(seen),
  };
}

function factsOf({ value, context }: Facts): Facts {
  return { ...(value === undefined ? {} : { value }), ...(context ? { context } : {}) };
}

function heldTroubles(input: Rules, watch: GuardState | undefined): Trouble[] {
  if (!watch || !input.incidents) return [];
  const since = { reason: '', at: 0 };
  const critical = Object.entries(watch.metrics).flatMap(([metric, found]) =>
    toldState(found) === 'critical' && isTroubleOfItsOwn(input, metric) ? [troubleOfMetric({ metric, ...since })] : []
  );
  const causes = watchedCauses(input).flatMap(({ id, when }) =>
    (watch.causes[id]?.told.rank ?? 0) > 0 ? [troubleOfCause(input, { cause: id, metric: when.metric, ...since })] : []
  );
  return [...critical, ...causes];
}

/** Whether the run takes everything back for it; in a plan without incidents for each red metric. */
export function takesBack(input: Rules, trouble: Trouble): boolean {
  return input.incidents ? reachOf(input, trouble) === 'all' : true;
}

/** Whether the guard takes everything back when the metric crosses its critical threshold, as the plan's causes have it. */
export function takesBackWhenCritical(input: Rules, metric: string): boolean {
  const found = incidentOfThreshold(input, metric, 'critical');
  if (!found) return false;
  const seen = { metric, reason: '', at: 0 };
  const { cause } = found;
  return takesBack(input, cause === undefined ? troubleOfMetric(seen) : troubleOfCause(input, { cause, ...seen }));
}

function reachOf({ incidents, metrics }: Rules, trouble: Trouble): 'all' | 'component' | 'none' {
  if (!incidents) return 'none';
  return specOf(incidents, severityOf(incidents, trouble, namedMetrics(metrics)))?.reach ?? 'none';
}

function namedMetrics(metrics: GuardInput['metrics']): Record<string, GuardInput['metrics'][number]> {
  return Object.fromEntries(metrics.map((metric) => [metric.name, metric]));
}
