import type { WindowSpec } from '../model.js';

/** Where the samples lie. */
export type Grid = Pick<WindowSpec, 'every' | 'warmUp'>;

/** The instant of sample `k`, epoch ms: t0 + warm-up + k × every. */
export function sampleAt(spec: Grid, t0: number, k: number): number {
  return t0 + spec.warmUp.ms + k * spec.every.ms;
}

/**
 * Ms from the end of the warm-up to when a window that has not passed ends, time held not counted. One that is watched
 * throughout has a little more than planned, so that one bad sample just before its end decides nothing.
 */
export function latestEnd(spec: WindowSpec): number {
  return spec.deadline.ms + (spec.throughout ? 2 * spec.length.ms : 0);
}

/** Whether the source surely has sample `k` by now: its instant and the ingestion lag are past. All in epoch ms. */
export function isDue(spec: Grid, t0: number, k: number, now: number, lagMs: number): boolean {
  return now >= sampleAt(spec, t0, k) + lagMs;
}

/** How many samples must be ok for an unbroken stretch to span the window's length: one at either end. */
export function requiredSamples(spec: WindowSpec): number {
  return Math.ceil(spec.length.ms / spec.every.ms) + 1;
}

/** How many samples of a stretch may be missing before its coverage can no longer reach what the window asks for. */
export function allowedGaps(spec: WindowSpec): number {
  const required = requiredSamples(spec);
  const covers = (gaps: number): boolean => required / (required + gaps) >= spec.coverage;
  // The division may end a hair on either side of a whole number; from below, the rule itself decides.
  let gaps = Math.max(0, Math.floor(required / spec.coverage - required) - 1);
  while (covers(gaps + 1)) gaps += 1;
  return gaps;
}

/**
 * Refuses a window that could pass without having measured anything. A plan never freezes into one.
 *
 * @throws Error that names what is wrong
 */
export function requireJudgeable(spec: WindowSpec): void {
  const faults: string[] = [];
  const need = (good: boolean, fault: string): void => void (good || faults.push(fault));
  need(spec.criteria.length > 0, 'it has no criterion');
  need(spec.length.ms > 0 && spec.every.ms > 0, 'length and every must be above 0');
  need(spec.warmUp.ms >= 0, 'the warm-up must not be negative');
  need(spec.deadline.ms >= spec.length.ms, 'the deadline must not be shorter than the length');
  need(spec.coverage > 0 && spec.coverage <= 1, 'the coverage must lie above 0 and at most at 1');
  need(spec.invalidInARow >= 1 && spec.criticalInARow >= 1, 'the counts in a row must be 1 or more');
  need(spec.minTraffic === undefined || spec.minTraffic.atLeast >= 0, 'the minimum of traffic must not be negative');
  for (const { text, bound, baseline } of spec.criteria) {
    need((bound === undefined) !== (baseline === undefined), `"${text}" needs a bound or a baseline, and not both`);
    need(bound === undefined || Number.isFinite(bound.value), `the bound of "${text}" must be a number`);
    need(baseline === undefined || baseline.ratio >= 0, `the share in "${text}" must be 0 or more`);
  }
  if (faults.length > 0) throw new Error(`this window cannot be judged: ${faults.join('; ')}`);
}
