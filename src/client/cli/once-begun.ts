import { setTimeout } from 'node:timers/promises';
import type { OpenGate, RunSnapshot } from '../read/snapshot.js';

/** Open gates of a run, and the run as it stood when they were read. */
export interface Items {
  snapshot: RunSnapshot;
  gates: OpenGate[];
}

const beginsWithinMs = 10_000;
const everyMs = 250;

/**
 * A run opens its first gates a moment after it was started; who types both commands in a row means them. So one that
 * began in the last 10 s and asks nobody yet is looked at again, four times a second.
 *
 * @param pause waits for so many ms
 */
export async function onceBegun(
  look: () => Promise<Items>,
  pause: (ms: number) => Promise<unknown> = setTimeout
): Promise<Items> {
  // A clock that is wrong must not make it wait for longer.
  for (let looks = 0; ; looks++) {
    const found = await look();
    const { run, at } = found.snapshot;
    const isYoung = run.outcome === undefined && at - run.startedAt < beginsWithinMs;
    if (found.gates.length > 0 || !isYoung || looks * everyMs >= beginsWithinMs) return found;
    await pause(everyMs);
  }
}
