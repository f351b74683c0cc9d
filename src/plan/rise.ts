import type { Bound } from './model.js';

/** The bound `== 0`: nothing of it may happen at all, so that what it is counted by is how much it rose since the first change. */
export function meansNone(bound: Pick<Bound, 'op' | 'value'> | undefined): boolean {
  return bound?.op === '==' && bound.value === 0;
}

/** One counter: a name, and labels if need be. */
export const counterPattern = /^[A-Za-z_:][\w:]*(?:\{[^{}]*\})?$/;

/**
 * The query for how much the series of a counter rose together since the phase's first change. Series by series, since
 * the sum of pods of which one restarts falls as if all had, or hides what the restarted one counted. `increase()` alone
 * would miss the first value of a series that is new, and what happened before the first scrape after the change. In the
 * order of the query: how far each series rose above what it had at the change (a new one: above 0); for one that fell
 * below that, so that it restarted, what it has counted since; nothing at all when none of them is there any more.
 */
export function riseQuery(counter: string): string {
  const since = `${counter}[{{elapsed}}]`;
  const base = `last_over_time(${counter}[5m] offset {{elapsed}})`;
  const above = `sum(clamp_min(max_over_time(${since}) - (${base} or 0 * max_over_time(${since})), 0))`;
  const counted = `(round(increase(${since})) > last_over_time(${since})) or last_over_time(${since})`;
  const restarted = `sum((${counted}) and min_over_time(${since}) < ${base})`;
  return `${above} + (${restarted} or vector(0)) and on() count(present_over_time(${counter}[{{range}}]) and ${counter})`;
}

/** The counter that a query of {@link riseQuery} is of; undefined for every other query. */
export function counterOf(promql: string): string | undefined {
  const counter = / and on\(\) count\(present_over_time\((.*)\[\{\{range\}\}\]\) and \1\)$/s.exec(promql)?.[1];
  return counter !== undefined && riseQuery(counter) === promql ? counter : undefined;
}
