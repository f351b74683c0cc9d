import { mattersNow, type GuardNews } from '../../../plan/guard/state.js';
import { gridOf, lastSampleAt, takeGuardSample } from '../../../plan/guard/watch.js';
import { sampleAt } from '../../../plan/judge.js';
import type { WatchMetricsInput, WatchMetricsResult } from '../../contract.js';
import type { Scope } from '../../scope.js';
import type { MetricDeps } from '../deps.js';
import { beating, windowPulseMs } from '../pulse.js';
import type { ReadContext } from '../reader.js';
import { dueInstants, readDue } from '../window/due.js';
import { withContext } from './context.js';
import { metricsRead, rulesOf, startProgress, type GuardProgress } from './progress.js';

/** So that a clock that was set, or a machine that slept, is noticed. */
const longestSleepMs = 60_000;

/**
 * Watches metrics beside whatever the run does: samples on a fixed grid, each for its own instant, until there is news
 * that somebody must hear of now, or its time is over. The state travels in the heartbeat and in the result, so that the
 * next attempt, or the next activity, asks the source for all instants that were missed: a breach that came and went
 * while no worker ran is found. A cancel ends it with what it has seen; a worker that stops hands it over.
 */
export async function watchMetrics(
  deps: MetricDeps,
  scope: Scope,
  input: WatchMetricsInput
): Promise<WatchMetricsResult> {
  const { clock, logger } = deps;
  const { guard, environment, origin, reachBackMs, changedAt, catchUp = false } = input;
  const t0 = reachBackMs === undefined ? input.since : Math.max(input.since, scope.scheduledAt - reachBackMs);
  const rules = rulesOf(input);
  const grid = gridOf(guard);
  const metrics = metricsRead(input);
  const reader = deps.readerOf(environment.metrics);
  const lagMs = environment.metrics.lag.ms;
  let progress = startProgress(input, rules, t0, scope.heartbeatDetails);
  const context: ReadContext = {
    since: progress.state.t0,
    signal: scope.signal,
    ...(changedAt !== undefined && { changedAt }),
  };
  const firstK = progress.state.nextK;
  const beat = (): void => scope.heartbeat({ address: origin.address, ...progress });
  const endsAt = scope.scheduledAt + input.longestMs;
  logger.info({ run: origin.run, attempt: scope.attempt, nextK: progress.state.nextK }, 'metrics watched');

  const watch = async (beatNow: () => void): Promise<void> => {
    beatNow();
    while (catchUp || !progress.news.some(mattersNow)) {
      scope.signal.throwIfAborted();
      // What comes about while it catches up is not the run's any more.
      const now = catchUp ? Math.min(clock.now(), scope.scheduledAt) : clock.now();
      const due = dueInstants(grid, progress.state, now, lagMs, firstK);
      if (due.instants.length === 0) {
        if (catchUp || clock.now() >= endsAt) return;
        const wait = sampleAt(grid, progress.state.t0, progress.state.nextK) + lagMs - clock.now();
        await clock.sleep(Math.min(wait, longestSleepMs), scope.signal);
        continue;
      }
      for (const [index, readings] of (await readDue(reader, metrics, due, context)).entries()) {
        const sample = { k: progress.state.nextK, at: due.instants[index] ?? 0, readings };
        const { state, news } = takeGuardSample(rules, progress.state, sample);
        progress = { state, news: [...progress.news, ...news] };
        // What comes after it is not lost: the next activity asks for it.
        if (!catchUp && news.some(mattersNow)) break;
      }
      beatNow();
    }
  };
  try {
    await beating({ clock, scope, beat, pulseMs: windowPulseMs }, watch);
    const news = await Promise.all(progress.news.map((one) => withContext(deps, environment.metrics, one, context)));
    for (const { reason } of news) logger.warn({ run: origin.run }, reason);
    return resultOf(progress, news, lagMs, input);
  } catch (error) {
    if (!scope.signal.aborted || (await scope.handedOver())) throw error;
    return resultOf(progress, progress.news, lagMs, input);
  }
}

function resultOf(
  { state }: GuardProgress,
  news: GuardNews[],
  lagMs: number,
  { guard }: WatchMetricsInput
): WatchMetricsResult {
  return { state, news, endedAt: lastSampleAt(guard, state) + lagMs };
}
