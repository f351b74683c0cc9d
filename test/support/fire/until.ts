import { setTimeout as delay } from 'node:timers/promises';

/** Looks until something is there, for four minutes; errors count as not yet, since what is asked may just be dead. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, everyMs = 100): Promise<T> {
  const end = Date.now() + 240_000;
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
  throw new Error(`waited 240 s for ${what}`, { cause: last });
}
