import type { GuardRules, GuardState } from '../../../plan/guard/state.js';
import { startGuard } from '../../../plan/guard/watch.js';
import type { GuardHeartbeat, WatchMetricsInput } from '../../contract.js';
import { metricsSinceChange } from '../query-template.js';

/** How far a guard has come in this activity: what a heartbeat carries and the next worker starts from. */
export type GuardProgress = Pick<GuardHeartbeat, 'state' | 'news'>;

export function rulesOf({
  guard,
  metrics,
  causes,
  baseline,
  environment,
  resolvesInMs,
}: WatchMetricsInput): GuardRules {
  return {
    guard,
    metrics: metrics.filter(({ name }) => guard.metrics.includes(name)),
    causes,
    baseline,
    sinceChange: metricsSinceChange(environment.metrics),
    ...(resolvesInMs === undefined ? {} : { resolvesInMs }),
  };
}

/** The metrics that a guard reads, each once. */
export function metricsRead({ guard, causes }: Pick<WatchMetricsInput, 'guard' | 'causes'>): string[] {
  return [...new Set([...guard.metrics, ...causes.map(({ when }) => when.metric)])];
}

/**
 * The progress that the last heartbeat of an earlier attempt left, else where the activity before this one ended, else a
 * fresh start. A heartbeat that cannot be read loses nothing: its samples are asked for again.
 *
 * @param t0 epoch ms
 */
export function startProgress(
  input: WatchMetricsInput,
  rules: GuardRules,
  t0: number,
  heartbeat: unknown
): GuardProgress {
  const from = input.state ?? startGuard(rules, t0);
  return isHeartbeatOf(heartbeat, from)
    ? { state: heartbeat.state, news: [...heartbeat.news] }
    : { state: from, news: [] };
}

function isHeartbeatOf(details: unknown, from: GuardState): details is GuardHeartbeat {
  if (typeof details !== 'object' || details === null) return false;
  const { state, news } = details as Partial<Record<keyof GuardHeartbeat, unknown>>;
  if (typeof state !== 'object' || state === null || !Array.isArray(news)) return false;
  const { t0, nextK, metrics, causes, blind } = state as Partial<GuardState>;
  const same = (a: object | undefined, b: object): boolean =>
    a !== undefined && Object.keys(b).every((key) => Object.hasOwn(a, key));
  return (
    t0 === from.t0 &&
    (nextK ?? -1) >= from.nextK &&
    blind !== undefined &&
    same(metrics, from.metrics) &&
    same(causes, from.causes)
  );
}
