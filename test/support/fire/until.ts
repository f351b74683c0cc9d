import { until as lookUntil } from '../until.js';

/** Four minutes: what is asked may just be dead, and comes back when the next worker has read everything again. */
export function until<T>(what: string, look: () => Promise<T | undefined | false>, everyMs = 100): Promise<T> {
  return lookUntil(what, look, { everyMs, withinMs: 240_000 });
}
