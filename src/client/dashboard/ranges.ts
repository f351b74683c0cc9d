import type { RangeId } from './document.js';

/** Instants at which a plot has points: multiples of `step`, so that the next look needs only the new ones. */
export interface Grid {
  from: number;
  to: number;
  /** Milliseconds. */
  step: number;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const steps = [2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * second
);
/** More than this nobody can tell apart on a screen. */
const mostPoints = 240;
/** A little of what was before a run shows what is usual; of a short run less. */
const before = { share: 0.1, atLeast: 15 * second, atMost: 10 * minute };

const lengths: Record<Exclude<RangeId, 'run'>, number> = { '15m': 15 * minute, '6h': 6 * hour };

/**
 * What a range spans.
 *
 * @param end now, or when the run ended
 */
export function gridOf(range: RangeId, startedAt: number, end: number): Grid {
  const lead = Math.min(Math.max((end - startedAt) * before.share, before.atLeast), before.atMost);
  const from = range === 'run' ? startedAt - lead : end - lengths[range];
  const step = steps.find((one) => (end - from) / one <= mostPoints) ?? steps.at(-1) ?? hour;
  return { from: Math.ceil(from / step) * step, to: Math.floor(end / step) * step, step };
}

export function instantsOf({ from, to, step }: Grid): number[] {
  return Array.from({ length: Math.max(0, Math.round((to - from) / step) + 1) }, (_, index) => from + index * step);
}
