import { parseDuration } from './language/duration.js';
import { sure } from './language/understood.js';

const minute = 60_000;
const hour = 60 * minute;

/** A judged window has at least so many samples between its ends; a traffic hold, which only guards a step, fewer. */
export const minSamples = { window: 10, hold: 3 } as const;

/** No source is asked more often. */
export const shortestEvery = 1000;

/** Time between samples where the plan names none: long windows need no fine grid. */
export function defaultEvery(lengthMs: number): number {
  if (lengthMs >= 24 * hour) return 5 * minute;
  if (lengthMs > hour) return minute;
  return 15_000;
}

/** When a window ends that has not passed, counted from the end of its warm-up. */
export function defaultDeadline(lengthMs: number): number {
  return 3 * lengthMs;
}

/** Time between reminders of an approval. */
export function defaultReminder(expiresMs: number): number {
  return Math.min(4 * hour, Math.ceil(expiresMs / 4));
}

/**
 * The length of a window as written: its own, else the longest `for` of its criteria; undefined when nothing says it.
 *
 * @param own the window's `for`
 * @param ofCriteria what stands after `for` in its criteria
 */
export function windowLength(
  own: string | undefined,
  ofCriteria: ReadonlyArray<string | undefined>
): string | undefined {
  if (own !== undefined) return own;
  const written = ofCriteria.filter((text) => text !== undefined);
  return written.toSorted((a, b) => sure(parseDuration(b)) - sure(parseDuration(a)))[0];
}
