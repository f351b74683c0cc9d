import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../test/support/until.js';
import { runOf } from './plans.js';
import type { Rig } from './rig.js';

/** Starts in flight: enough to fill the server, few enough that none times out. */
const startsAtOnce = 8;
/** What starting hundreds of runs takes is no part of what they need. */
const settleMs = 60_000;

/** Starts runs whose queries are marked with their ids, and waits until each has been asked for its first sample, and a minute more. */
export async function startMany(
  { prometheus }: Rig,
  ids: readonly string[],
  start: (id: string, index: number) => Promise<unknown>
): Promise<void> {
  const waiting = [...ids.entries()];
  const starter = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, own] = next;
      await start(own, index);
      await until(`the first sample of ${own}`, () => prometheus.asked.some(({ query }) => runOf(query) === own), {
        withinMs: 300_000,
      });
    }
  };
  await Promise.all(Array.from({ length: startsAtOnce }, starter));
  await delay(settleMs);
}
