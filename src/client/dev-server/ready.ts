import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const PROBE_TIMEOUT_MS = 2_000;
const POLL_EVERY_MS = 50;

/**
 * How a server shows that it serves: an address that answers 2xx, a line in its log, or a probe of its own.
 * A probe resolves to true when the server is ready; false or a rejection means "not yet".
 */
export type Ready =
  { readonly url: string } | { readonly line: RegExp } | { readonly probe: (signal: AbortSignal) => Promise<boolean> };

/** What {@link waitUntilReady} found: the match of `line`, where that was asked for. */
export interface ReadyResult {
  readonly ready: boolean;
  readonly match?: RegExpExecArray;
  /** Why the last look said "not yet". */
  readonly lastReason?: string;
}

/**
 * Looks again and again until the server is ready, `timeoutMs` have passed, or `signal` says that waiting is useless.
 *
 * @param logFile - the server's output; a `line` is looked for from `logOffset` (bytes) on
 */
export async function waitUntilReady(
  condition: Ready,
  logFile: string,
  logOffset: number,
  timeoutMs: number,
  signal: AbortSignal
): Promise<ReadyResult> {
  const deadline = Date.now() + timeoutMs;
  let lastReason: string | undefined;
  const aborted = whenAborted(signal);
  while (Date.now() < deadline && !signal.aborted) {
    try {
      // Not the look alone: a probe may still wait for a server that has ended.
      const result = await Promise.race([look(condition, logFile, logOffset, signal), aborted]);
      if (result.ready) {
        return result;
      }
    } catch (error) {
      lastReason = error instanceof Error ? error.message : String(error);
    }
    await delay(POLL_EVERY_MS);
  }
  return lastReason === undefined ? { ready: false } : { ready: false, lastReason };
}

function whenAborted(signal: AbortSignal): Promise<ReadyResult> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ ready: false }), { once: true });
  });
}

async function look(condition: Ready, logFile: string, logOffset: number, stopped: AbortSignal): Promise<ReadyResult> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(PROBE_TIMEOUT_MS)]);
  if ('url' in condition) {
    const response = await fetch(condition.url, { signal });
    await response.body?.cancel();
    return { ready: response.ok };
  }
  if ('line' in condition) {
    const match = condition.line.exec((await readFile(logFile)).subarray(logOffset).toString('utf8'));
    return match === null ? { ready: false } : { ready: true, match };
  }
  return { ready: await condition.probe(signal) };
}
