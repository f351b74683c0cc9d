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
 * Reads a run until it has ended. A worker or server that is away for a while does not end the watch: what was last seen
 * is given again with the reason in `away`, and it goes on with the first answer that comes.
 *
 * @throws whatever the first reading throws
 */
export async function* watchRun(
  reader: Pick<SnapshotReader, 'read'>,
  options: WatchOptions = {}
): AsyncGenerator<RunSnapshot, void> {
  const { signal } = options;
  const pause = options.pause ?? sleep;
  let last: RunSnapshot | undefined;
  while (!signal?.aborted) {
    // Whoever leaves does not wait for a server that is away.
    const snapshot = await unlessAborted(readOrAway(reader, last), signal);
    if (!snapshot) return;
    last = snapshot;
    yield snapshot;
    if (snapshot.run.outcome && snapshot.away === undefined) return;
    await pause(snapshot.away !== undefined || slow.has(effectiveState(snapshot)) ? slowMs : quickMs, signal);
  }
}

async function readOrAway(reader: Pick<SnapshotReader, 'read'>, last: RunSnapshot | undefined): Promise<RunSnapshot> {
  try {
    return await reader.read();
  } catch (error) {
    if (last && error instanceof PhasegateError && error.retryable) return { ...last, away: error.message };
    throw error;
  }
}

/** Undefined when the signal comes first; nothing is left behind on a signal that lives as long as the watch. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  let leave = (): void => undefined;
  const left = new Promise<undefined>((resolve) => (leave = () => resolve(undefined)));
  signal?.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, left]);
  } finally {
    signal?.removeEventListener('abort', leave);
  }
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
