/**
 * What people were told of something, as a rank: the higher, the worse. Worse news are told at once. Better news wait
 * the longer the more often they turned out to be wrong, so that what comes and goes a thousand times is told a few
 * times, and stays told as bad meanwhile.
 */
export interface Told {
  rank: number;
  /** Epoch ms. */
  since: number;
  /** How often it got worse again soon after better news. */
  flaps: number;
  /** Since when it has been better than what was told. */
  betterSince?: number;
  /** When better news were told last, until it got worse again. */
  clearedAt?: number;
}

/** Better news wait for at most 2^7 - 1 times the time that it takes to be back. */
const mostFlaps = 7;

/** @param calmMs how long it takes to be back the first time */
export function tell(told: Told, rank: number, at: number, calmMs: number): Told {
  const { betterSince = at, clearedAt, ...last } = told;
  const cleared = clearedAt === undefined ? {} : { clearedAt };
  if (rank === last.rank) return { ...last, ...cleared };
  if (rank > last.rank) return { rank, since: at, flaps: flapsAt(told, at, calmMs) };
  if (at - betterSince < calmMs * (2 ** last.flaps - 1)) return { ...last, ...cleared, betterSince };
  return { rank, since: at, flaps: last.flaps, clearedAt: at };
}

function flapsAt({ flaps, clearedAt }: Told, at: number, calmMs: number): number {
  if (clearedAt === undefined) return flaps;
  return at - clearedAt <= calmMs * 2 ** (mostFlaps + 1) ? Math.min(flaps + 1, mostFlaps) : 0;
}
