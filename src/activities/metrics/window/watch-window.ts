import { ApplicationFailure } from '@temporalio/common';
import { sampleAt, summary } from '../../../plan/judge.js';
import { instantText } from '../../../plan/text/spans.js';
import { windowKinds } from '../../../plan/window-manifest.js';
import type { WindowInput, WindowResult } from '../../contract.js';
import { messageOf } from '../../fail.js';
import type { Scope } from '../../scope.js';
import type { MetricDeps } from '../deps.js';
import { beating, windowPulseMs } from '../pulse.js';
import type { ReadContext } from '../reader.js';
import { dueInstants, metricsOf, readDue } from './due.js';
import { unstoredRef } from '../../evidence/unstored-ref.js';
import { manifestOf, storeChunk } from './evidence.js';
import { heartbeatOf, isChunkFull, isOver, startProgress, takeReadings } from './progress.js';
import type { WindowProgress } from './progress.js';

/** So that a clock that was set, or a machine that slept, is noticed. */
const longestSleepMs = 60_000;
/** Samples kept in heartbeats while the store fails; a heartbeat must stay well below the server's 2 MB. */
const mostPending = 300;

/**
 * Watches one metric window: samples on its fixed grid, each for its own instant and never for "now", judged one by one
 * until there is a verdict. The state travels in the heartbeat; an attempt that takes over, or a window that began in
 * the past, asks the source for the instants that it missed and comes to the same verdict. Cancellation and worker
 * shutdown end it at once, with what is in flight.
 */
export async function watchWindow(deps: MetricDeps, scope: Scope, asked: WindowInput): Promise<WindowResult> {
  const { clock, logger } = deps;
  const input = { ...asked, t0: beginning(asked, scope) };
  const { spec, environment, origin } = input;
  const reader = deps.readerOf(environment.metrics);
  const metrics = metricsOf(spec);
  const lagMs = environment.metrics.lag.ms;
  const context: ReadContext = {
    since: input.t0,
    signal: scope.signal,
    ...(input.changedAt !== undefined && { changedAt: input.changedAt }),
  };
  let progress = begin(input, scope.heartbeatDetails);
  const firstK = progress.state.nextK;
  const beat = (): void => scope.heartbeat(heartbeatOf(input, progress));
  const facts = { run: origin.run, address: origin.address };
  logger.info({ ...facts, attempt: scope.attempt, nextK: progress.state.nextK }, 'window watched');
  return beating({ clock, scope, beat, pulseMs: windowPulseMs }, async (beatNow) => {
    beatNow();
    while (!isOver(input, progress)) {
      scope.signal.throwIfAborted();
      const { t0, nextK } = progress.state;
      const due = dueInstants(spec, progress.state, clock.now(), lagMs, firstK);
      if (due.instants.length === 0) {
        const wait = sampleAt(spec, t0, nextK) + lagMs - clock.now();
        await clock.sleep(Math.min(wait, longestSleepMs), scope.signal);
        continue;
      }
      for (const readings of await readDue(reader, metrics, due, context)) {
        if (!isOver(input, progress)) progress = takeReadings(input, progress, readings);
      }
      beatNow();
      if (isChunkFull(progress) && !isOver(input, progress)) progress = await tryChunk(deps, progress, facts);
    }
    const result = await conclude(deps, input, progress);
    logger.info({ ...facts, verdict: result.verdict ?? 'recovered', samples: result.samples }, result.reason);
    return result;
  });
}

/** What lies further back than the window may reach belongs to what was there before it. One that goes on has begun. */
function beginning({ t0, reachBackMs, resume }: WindowInput, { scheduledAt }: Scope): number {
  if (resume) return resume.t0;
  return reachBackMs === undefined ? t0 : Math.max(t0, scheduledAt - reachBackMs);
}

function begin(input: WindowInput, heartbeat: unknown): WindowProgress {
  try {
    return startProgress(input, heartbeat);
  } catch (error) {
    throw ApplicationFailure.nonRetryable(`${messageOf(error)} (${input.origin.address})`, 'PG110');
  }
}

/** A store that fails for a while costs nothing: the samples stay in the heartbeat until it works again. */
async function tryChunk(deps: MetricDeps, progress: WindowProgress, facts: object): Promise<WindowProgress> {
  try {
    return await storeChunk(deps.evidence, progress);
  } catch (error) {
    if (progress.pending.length >= mostPending) throw error;
    deps.logger.warn({ ...facts, pending: progress.pending.length }, `samples kept back: ${messageOf(error)}`);
    return progress;
  }
}

async function conclude(deps: MetricDeps, input: WindowInput, progress: WindowProgress): Promise<WindowResult> {
  const { spec, environment } = input;
  const { state } = progress;
  const manifest = manifestOf(input, progress);
  const lastAt = state.nextK > 0 ? sampleAt(spec, state.t0, state.nextK - 1) : state.t0;
  let reason = state.verdict ? state.reason : `valid samples are back since ${instantText(lastAt)}`;
  const evidence = await deps.evidence.put(windowKinds.manifest, manifest).catch((error: unknown) => {
    // What was measured bad must be undone now; a PASS or HOLD can wait for its evidence.
    if (state.verdict !== 'FAIL') throw error;
    reason += ` (its evidence could not be stored: ${messageOf(error)})`;
    return unstoredRef(manifest);
  });
  return {
    ...(state.verdict && { verdict: state.verdict }),
    reason,
    startedAt: state.t0,
    endedAt: lastAt + environment.metrics.lag.ms,
    samples: state.nextK,
    criteria: summary(spec, state),
    state,
    evidence,
  };
}
