import { setTimeout as delay } from 'node:timers/promises';
import type { RunState } from '../../plan/run-status.js';
import { effectiveState } from './effective-state.js';
import type { SnapshotReader } from './snapshot-reader.js';
import type { RunSnapshot } from './snapshot.js';

export interface WatchOptions {
  /** Ends the watch; the run goes on. */
  signal?: AbortSignal;
  /** Sleeps between two looks; injected by tests. */
  pause?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const quickMs = 500;
/** People, soaks and schedules change nothing that a person would notice within a second. */
const slowMs = 1_000;
const slow: ReadonlySet<RunState> = new Set(['waiting', 'paused', 'on hold', 'waiting for locks']);

/** Reads a run until it has ended. A worker or server that is away for a while does not end the watch. */
export async function* watchRun(reader: SnapshotReader, options: WatchOptions = {}): AsyncGenerator<RunSnapshot, void> {
  const { signal } = options;
  const pause = options.pause ?? sleep;
  while (!signal?.aborted) {
    const snapshot = await reader.read();
    yield snapshot;
    if (snapshot.run.outcome) return;
    await pause(slow.has(effectiveState(snapshot)) ? slowMs : quickMs, signal);
  }
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
