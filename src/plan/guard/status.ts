import { formatValue } from '../judge/format.js';
import type { GuardSpec } from '../model.js';
import type { GuardInput } from '../run-input.js';
import type { EvidenceRef } from '../run-facts.js';
import { alertWorkflowId } from '../names.js';
import { instantText, spanText } from '../text/spans.js';
import type { GuardStatus, MetricState, WatchedMetric } from '../watch-status.js';
import { unjudged } from './causes.js';
import { isAlerting, toldState, type GuardNews, type GuardState, type WatchedCause } from './state.js';

/** The key of the alert that says that the guard itself cannot see. */
export const guardKey = 'guard';

/** What one execution of a guard hands over to the next. */
export interface GuardCarried {
  startedAt: number;
  /** Absent until its first look. */
  watch?: GuardState;
  /** What it saw and is not stored as evidence yet, and where the rest is. */
  news: GuardNews[];
  stored: EvidenceRef[];
  /** Keys of the alerts that it opened and did not close. */
  alerts: string[];
  /** Keys of those that it ever opened: what is open under one of them now is of this run. */
  ours?: string[];
  /** It has told the run of something that takes everything back: what comes after that belongs to it. */
  takesAllBack?: true;
  /** The run did not take what it was told: no incident calls people together, so each alert does. */
  unheard?: true;
  /** Since when nobody has looked at all, and why. */
  unwatched?: { since: number; reason: string };
}

export interface GuardFacts {
  workflowId: string;
  runId: string;
  endedAt?: number;
}

/** Keys of the alerts that a guard may open. */
export function alertKeys({ metrics }: GuardSpec): string[] {
  return [...metrics, guardKey];
}

export function freshGuard(
  { guard, afterLoss }: Pick<GuardInput, 'guard' | 'afterLoss'>,
  startedAt: number
): GuardCarried {
  return { startedAt, news: [], stored: [], alerts: afterLoss ? alertKeys(guard) : [] };
}

/** The causes that a guard decides, in the plan's order. */
export function watchedCauses({ incidents }: Pick<GuardInput, 'incidents'>): WatchedCause[] {
  return (incidents?.severities ?? []).flatMap(({ causes }) =>
    causes.flatMap(({ id, title, when }) => (when ? [{ id, title, when }] : []))
  );
}

export function guardStatus(input: GuardInput, carried: GuardCarried, facts: GuardFacts): GuardStatus {
  const { guard, run } = input;
  const { watch, unwatched, startedAt, alerts, news, stored } = carried;
  const blind = unwatched !== undefined || (watch?.blind.rank ?? 0) > 0;
  const metrics = guard.metrics.map((metric) => {
    const baseline = Object.hasOwn(input.baseline, metric) ? input.baseline[metric] : undefined;
    return { ...watchedMetric(metric, carried), ...(baseline === undefined ? {} : { baseline }) };
  });
  const body = {
    schemaVersion: 1 as const,
    ...facts,
    state: facts.endedAt === undefined ? (blind ? ('blind' as const) : ('watching' as const)) : ('ended' as const),
    startedAt,
    metrics,
    alerts: alerts.map((key) => alertWorkflowId(run.workflowId, key)),
    news,
    evidence: stored,
  };
  return { ...body, sentence: sentenceOf(input, carried, body) };
}

function watchedMetric(metric: string, { watch, startedAt, unwatched }: GuardCarried): WatchedMetric {
  const found = watch?.metrics[metric];
  if (!found || !watch) return { metric, state: unwatched ? 'no-data' : 'ok', since: unwatched?.since ?? startedAt };
  const { value, seenAt, told } = found;
  const state = toldState(found);
  const values = { ...(value === undefined ? {} : { value }), ...(seenAt === undefined ? {} : { seenAt }) };
  const since = unwatched?.since ?? (watch.blind.rank > 0 && found.missing.on ? watch.blind.since : undefined);
  // What was critical when it was seen last stays so until somebody sees that it is not.
  if (since !== undefined && state !== 'critical') return { metric, state: 'no-data', ...values, since };
  return { metric, state, ...values, since: told.since };
}

const order: readonly MetricState[] = ['critical', 'no-data', 'warning', 'off-target'];

function sentenceOf(
  input: GuardInput,
  { watch, unwatched }: GuardCarried,
  { state, metrics }: Pick<GuardStatus, 'state' | 'metrics'>
): string {
  const { guard } = input;
  const count = guard.metrics.length === 1 ? 'one metric' : `${guard.metrics.length} metrics`;
  const bad = order.flatMap((one) => {
    const names = metrics.filter((metric) => metric.state === one).map((metric) => wordsOf(input, metric));
    return names.length > 0 ? [`${one}: ${names.join(', ')}`] : [];
  });
  const seen = bad.length === 0 ? 'all are well' : bad.join('; ');
  const untold = unjudged({ causes: watchedCauses(input), baseline: input.baseline }).map(({ title }) => title);
  const also = untold.length === 0 ? '' : ` Nobody knows a baseline for: ${untold.join(', ')}.`;
  if (state === 'ended') return `The guard has ended; at last: ${seen}.${also}`;
  if (unwatched)
    return `Nobody has watched ${count} since ${instantText(unwatched.since)}: ${unwatched.reason}.${also}`;
  if (state === 'blind') {
    const since = instantText(watch?.blind.since ?? 0);
    const none = guard.metrics.length === 1 ? 'its one metric cannot' : `none of its ${count} can`;
    return `The guard has been blind since ${since}: ${none} be measured.${also}`;
  }
  return `Watches ${count} every ${spanText(guard.every.ms)}; ${seen}.${also}`;
}

function wordsOf({ metrics }: GuardInput, { metric, state, value, since }: WatchedMetric): string {
  const unit = metrics.find(({ name }) => name === metric)?.unit;
  const shown = state === 'no-data' || value === undefined || unit === undefined ? '' : ` ${formatValue(unit, value)}`;
  return isAlerting(state) ? `${metric}${shown} (since ${instantText(since)})` : `${metric}${shown}`;
}
