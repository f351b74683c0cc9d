import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { inTime } from './in-time.js';
import { runGauges } from './run-gauges.js';
import { samplesOf } from './samples.js';
import type { Look } from './seen.js';

/** To look at hundreds of runs must cost a worker next to nothing: so many executions are asked in a second, on average. */
const askedPerSecond = 7;

/** Milliseconds from the start of a look to the next, after one that asked so many executions. */
export function untilNextLook(everyMs: number, asked: number): number {
  return Math.max(everyMs, Math.ceil((1000 * asked) / askedPerSecond));
}

/** Exports what the runs of an environment look like, until it is stopped. A look that fails is told as such. */
export async function watchRuns(options: {
  environment: string;
  registry: Registry;
  logger: Pick<Logger, 'warn'>;
  /** Begins nothing more when its signal is aborted: looks that are late must not pile up. */
  take: (now: number, signal: AbortSignal) => Promise<Look>;
  signal: AbortSignal;
  /** From the start of one look to the next, unless there is so much to ask that it takes longer. */
  everyMs?: number;
  /** A look that takes longer has failed: what it would tell is old by then. */
  withinMs?: number;
}): Promise<void> {
  const { environment, registry, logger, take, signal, everyMs = 15_000, withinMs = 10_000 } = options;
  const show = runGauges(registry);
  show(samplesOf(environment, undefined));
  let failing = false;
  while (!signal.aborted) {
    const began = Date.now();
    let untilNext = everyMs;
    try {
      const look = await takeInTime((over) => take(began, over), withinMs, signal);
      show(samplesOf(environment, look));
      untilNext = untilNextLook(everyMs, look.asked);
      failing = false;
    } catch (error) {
      show(samplesOf(environment, undefined));
      if (!failing && !signal.aborted) logger.warn({ error: String(error) }, 'the runs cannot be looked at');
      failing = true;
    }
    await delay(Math.max(0, began + untilNext - Date.now()), undefined, { signal }).catch(() => undefined);
  }
}

/** A look that is late, or has ended, begins nothing more. */
async function takeInTime(
  take: (signal: AbortSignal) => Promise<Look>,
  withinMs: number,
  signal: AbortSignal
): Promise<Look> {
  const own = new AbortController();
  const late = setTimeout(() => own.abort(new Error(`no answer within ${withinMs / 1000} s`)), withinMs);
  const over = AbortSignal.any([signal, own.signal]);
  try {
    return await inTime(take(over), over);
  } finally {
    clearTimeout(late);
    own.abort();
  }
}
