import type { RunSnapshot } from '../read/snapshot.js';

/** A run whose clean-up is told as a phase of its own, the last one. */
export function withCleanup(snapshot: RunSnapshot): RunSnapshot {
  const { phases, cleanup } = snapshot;
  return cleanup ? { ...snapshot, phases: [...phases, cleanup] } : snapshot;
}
