import { setTimeout as delay } from 'node:timers/promises';

/**
 * Looks again and again until something is there; errors count as not yet.
 *
 * @throws Error after `withinMs`
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { everyMs = 50, withinMs = 120_000 } = {}
): Promise<T> {
  const end = Date.now() + withinMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      last = error;
    }
    await delay(everyMs);
  }
  throw new Error(`waited ${withinMs / 1000} s for ${what}`, { cause: last });
}
