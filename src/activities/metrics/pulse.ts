import type { Clock } from '../clock.js';

/** A third of the shortest heartbeat timeout in use (10 s): one that is late does not cost the activity. */
const pulseMs = 3000;

/**
 * Beats until stopped, whatever else the activity waits for: a source that takes its whole timeout, a sample that is
 * minutes away. Returns what stops it.
 */
export function startPulse(clock: Clock, beat: () => void): () => void {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await clock.sleep(pulseMs, stop.signal);
      beat();
    }
  };
  run().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return () => stop.abort();
}
