import type { WindowSpec } from './model.js';

/** When the red metrics are looked at after something has changed; all epoch ms. */
export interface TargetTimes {
  /** What a source says counts from then on. */
  changedAt: number;
  /** The first sample, at the soonest. */
  t0: number;
  /** If they do not begin later; then nobody waits any longer. */
  deadlineAt: number;
}

/**
 * A source's last look may be from before the change: what it says counts from one interval later on.
 *
 * @param now epoch ms; no sample is taken before it
 */
export function targetTimes({ every, warmUp, deadline }: WindowSpec, since: number, now = since): TargetTimes {
  const changedAt = since + every.ms;
  const t0 = Math.max(now, changedAt + every.ms);
  return { changedAt, t0, deadlineAt: t0 + warmUp.ms + deadline.ms };
}
