import type { WindowSpec } from './model.js';

/**
 * When the stretch begins that a `stable` check judges. It ends now at the earliest: a good hour long ago says nothing
 * of a system that is bad today.
 *
 * @param completedAt epoch ms at which each of the earlier phases was done
 * @param now epoch ms
 */
export function stableSince(window: WindowSpec, completedAt: readonly number[], now: number): number {
  return Math.max(...completedAt, now - window.length.ms - window.warmUp.ms);
}
