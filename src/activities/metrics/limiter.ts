import { setMaxListeners } from 'node:events';

/** Runs at most so many tasks at once; the others wait their turn. */
export type Limiter = <T>(task: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/**
 * Hundreds of windows sample at the same instant; a source is better served by a queue than by a thousand connections.
 * A task whose signal is aborted while it waits rejects with the signal's reason and never runs.
 */
export function createLimiter(atOnce: number): Limiter {
  const waiting = new Set<() => void>();
  let running = 0;

  const turn = async (signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (running < atOnce) {
      running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        waiting.delete(enter);
        reject(signal?.reason as Error);
      };
      // Whoever ends hands its place on, so `running` stays as it is.
      const enter = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      waiting.add(enter);
      // One signal may end the wait of hundreds, which is no leak: each takes its listener away.
      if (signal) setMaxListeners(0, signal);
      signal?.addEventListener('abort', leave, { once: true });
    });
  };

  const end = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      running -= 1;
      return;
    }
    waiting.delete(next);
    next();
  };

  return async (task, signal) => {
    await turn(signal);
    try {
      return await task();
    } finally {
      end();
    }
  };
}
