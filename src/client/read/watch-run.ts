import { setTimeout as delay } from 'node:timers/promises';
import { PhasegateError } from '../../plan/errors.js';
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

/**
 * Reads a run until it has ended. A worker or server that is away for a while does not end the watch: it goes on with
 * the first answer that comes.
 *
 * @throws whatever the first reading throws
 */
export async function* watchRun(reader: SnapshotReader, options: WatchOptions = {}): AsyncGenerator<RunSnapshot, void> {
  const { signal } = options;
  const pause = options.pause ?? sleep;
  let last: RunSnapshot | undefined;
  while (!signal?.aborted) {
    const snapshot = await readOrWait(reader, last !== undefined);
    if (snapshot) {
      last = snapshot;
      yield snapshot;
      if (snapshot.run.outcome) return;
    }
    await pause(!snapshot || slow.has(effectiveState(snapshot)) ? slowMs : quickMs, signal);
  }
}

/** Undefined when the server is away and was there before. */
async function readOrWait(reader: SnapshotReader, seen: boolean): Promise<RunSnapshot | undefined> {
  try {
    return await reader.read();
  } catch (error) {
    if (seen && error instanceof PhasegateError && error.retryable) return undefined;
    throw error;
  }
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
