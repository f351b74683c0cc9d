import type { Clock } from '../clock.js';
import type { Scope } from '../scope.js';

/** Two within the heartbeat timeout of readings (10 s): one that is lost does not cost the activity. */
const readingPulseMs = 5000;

/**
 * The longest of a window, whose heartbeat timeout is 12 s. With hundreds of windows heartbeats are most of a worker's
 * work: samples every 15 s need one between. An attempt that is given up for a late one costs no sample.
 */
export const windowPulseMs = 7500;

/**
 * Works with a beating heart: `beat` is called whenever the work has not done so for `pulseMs`, whatever the work waits
 * for, a source that takes its whole timeout or a sample that is minutes away. When the activity is cancelled, or its worker shuts down, what the
 * work was waiting for fails in words of its own; the caller gets Temporal's reason, which hands the activity over.
 */
export async function beating<T>(
  {
    clock,
    scope,
    beat,
    pulseMs = readingPulseMs,
  }: { clock: Clock; scope: Pick<Scope, 'signal'>; beat: () => void; pulseMs?: number },
  work: (beat: () => void) => Promise<T>
): Promise<T> {
  let last = clock.now();
  const beatNow = (): void => {
    last = clock.now();
    beat();
  };
  const stop = new AbortController();
  const pulse = async (): Promise<never> => {
    for (;;) {
      const due = last + pulseMs - clock.now();
      if (due <= 0) beatNow();
      else await clock.sleep(due, stop.signal);
    }
  };
  try {
    return await Promise.race([work(beatNow), pulse()]);
  } catch (error) {
    scope.signal.throwIfAborted();
    throw error;
  } finally {
    stop.abort();
  }
}
