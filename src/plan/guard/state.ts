import type { CounterState } from '../judge/state.js';
import type { CauseRule, GuardSpec, Metric } from '../model.js';
import type { MetricState } from '../watch-status.js';
import type { Latch } from './latch.js';
import type { Told } from './told.js';

/** A cause of an incident that metrics decide. */
export interface WatchedCause {
  id: string;
  title: string;
  when: CauseRule;
}

/** What a guard watches and by which rules: the same for as long as it does. */
export interface GuardRules {
  guard: GuardSpec;
  /** In the plan's order. */
  metrics: readonly Metric[];
  causes: readonly WatchedCause[];
  /** Metric -> what it was before the run's first change, where that is known. */
  baseline: Readonly<Record<string, number>>;
  /** Metrics whose query counts since the run's first change by itself. */
  sinceChange: readonly string[];
  /** So long all must be well before metrics resolve an incident, in ms; absent: the run opens none. */
  resolvesInMs?: number;
}

export interface MetricWatch {
  critical: Latch;
  warning: Latch;
  offTarget: Latch;
  missing: Latch;
  /** Of a metric whose increase is counted. */
  counter?: CounterState;
  /** The latest measured value, in canonical units, and its instant. */
  value?: number;
  seenAt?: number;
  /** The value when there was news of it last, of a metric whose increase is counted. */
  toldValue?: number;
  /** Why the latest sample that was not valid was not. */
  problem?: string;
  told: Told;
}

export interface CauseWatch {
  latch: Latch;
  told: Told;
}

/** All that a guard remembers: plain JSON without samples. Make it with `startGuard`. */
export interface GuardState {
  /** Epoch ms at which its grid starts: sample k lies at t0 + k × every. */
  t0: number;
  nextK: number;
  metrics: Record<string, MetricWatch>;
  causes: Record<string, CauseWatch>;
  blind: Told;
}

export interface MetricNews {
  kind: 'metric';
  metric: string;
  from: MetricState;
  to: MetricState;
  value?: number;
  at: number;
  reason: string;
  /** It stays what it was, and what is counted has grown since it was told last. */
  grown?: true;
  /** Facts for the words of an alert. */
  context?: Record<string, string>;
}
export interface CauseNews {
  kind: 'cause';
  cause: string;
  metric: string;
  holds: boolean;
  at: number;
  reason: string;
}
/** Nothing of what is watched can be measured. */
export interface BlindNews {
  kind: 'blind';
  blind: boolean;
  at: number;
  reason: string;
}
export type GuardNews = MetricNews | CauseNews | BlindNews;

/** From the best to the worst: a metric of which nobody can tell is worse than one known to be at its warning. */
export const metricStates: readonly MetricState[] = ['ok', 'off-target', 'warning', 'no-data', 'critical'];

export function isAlerting(state: MetricState): boolean {
  return state === 'warning' || state === 'no-data' || state === 'critical';
}

/** Whether somebody must hear of it now; what only misses its target is recorded. */
export function mattersNow(news: GuardNews): boolean {
  return news.kind === 'metric' ? isAlerting(news.from) || isAlerting(news.to) : true;
}

export function toldState({ told }: MetricWatch): MetricState {
  return metricStates[told.rank] ?? 'ok';
}
