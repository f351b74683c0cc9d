import type { Clock } from '../../../src/activities/clock.js';

interface Sleeper {
  wakeAt: number;
  wake: () => void;
}

/**
 * Time that passes only while everybody sleeps: whenever nothing else is left to do, it jumps to the next one who wants
 * to wake. Only for code that waits for nothing but this clock and promises (no network, no files).
 */
export function virtualClock(start: number): Clock & { set(now: number): void } {
  let now = start;
  let ticking = false;
  const sleepers = new Set<Sleeper>();

  const tick = (): void => {
    ticking = false;
    const [next] = [...sleepers].toSorted((a, b) => a.wakeAt - b.wakeAt);
    if (!next) return;
    now = Math.max(now, next.wakeAt);
    sleepers.delete(next);
    next.wake();
    schedule();
  };
  const schedule = (): void => {
    if (ticking || sleepers.size === 0) return;
    ticking = true;
    // Two turns: one for promises, one for the streams of the mocked activity environment.
    setImmediate(() => setImmediate(tick));
  };

  return {
    now: () => now,
    set: (to) => {
      now = to;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error);
        };
        const sleeper: Sleeper = {
          wakeAt: now + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', leave);
            resolve();
          },
        };
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        signal?.addEventListener('abort', leave, { once: true });
        sleepers.add(sleeper);
        schedule();
      }),
  };
}
