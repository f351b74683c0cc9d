import { ActivityFailure, CancellationScope, isCancellation, sleep, TimeoutFailure } from '@temporalio/workflow';
import type { WatchMetricsResult } from '../../activities/contract.js';
import { problemWithAnswer } from '../../plan/activity-answers.js';
import { watchedCauses } from '../../plan/guard/status.js';
import type { BlindNews, GuardNews } from '../../plan/guard/state.js';
import type { GuardInput } from '../../plan/run-input.js';
import { counted, spanText } from '../../plan/text/spans.js';
import { environmentCalls } from '../activities.js';
import { failureText, wasNotTaken } from '../phase/attempt.js';
import { atItsEnd } from '../simulated-end.js';
import { sliceEnvironment } from '../slice.js';
import type { GuardRecord } from './record.js';

const minute = 60_000;
/** Without news, an execution of the guard lasts so long: some thirty events a week. */
const longestMs = 3 * 24 * 60 * minute;
/** The source remembers what was missed, and it takes some time to ask for all of it. */
const catchingUpMs = 60 * minute;

/**
 * Looks until there is news, and returns what has to be told. That nobody can look is news as well, the first time: the
 * activity could not be done, or no worker of the environment took it. What is missed meanwhile is asked for later.
 */
export async function look(input: GuardInput, record: GuardRecord): Promise<GuardNews[]> {
  const { unwatched } = record.carried;
  try {
    const found = await watch(input, record);
    record.saw(found);
    const isBack: BlindNews = { kind: 'blind', blind: false, at: found.endedAt, reason: 'metrics are watched again' };
    const stillBlind = found.state.blind.rank > 0;
    return unwatched && !stillBlind ? [isBack, ...found.news] : found.news;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    const seen = lastBeat(error);
    if (seen) record.saw(seen);
    const news = seen?.news ?? [];
    // A look that was called off, and whose worker was gone, is not one that failed.
    if (CancellationScope.current().consideredCancelled) return news;
    const reason = failureText(error);
    const at = Date.now();
    record.lost(reason, unwatched?.since ?? at);
    if (!wasNotTaken(error) && unwatched) await pause(reason);
    const known = unwatched !== undefined || (record.carried.watch?.blind.rank ?? 0) > 0;
    return known
      ? news
      : [...news, { kind: 'blind', blind: true, at, reason: `nobody watches the metrics: ${reason}` }];
  }
}

/** After so long it knows of each metric whether it is well. */
function settlingMs({ every, inARow, recoveredInARow, missingInARow }: GuardInput['guard']): number {
  return every.ms * (Math.max(inARow, recoveredInARow, missingInARow) + 1);
}

/** What was seen must be told, so a cancel only ends the pause. */
async function pause(reason: string): Promise<void> {
  try {
    await sleep(minute, { summary: `Looks again: ${reason}`.slice(0, 180) });
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}

/** What the last heartbeat of a lost worker said, as far as it can be understood. */
function lastBeat({ cause }: ActivityFailure): Pick<WatchMetricsResult, 'state' | 'news'> | undefined {
  const beat: unknown = cause instanceof TimeoutFailure ? cause.lastHeartbeatDetails : undefined;
  if (typeof beat !== 'object' || beat === null) return undefined;
  if (problemWithAnswer('watchMetrics', { ...beat, endedAt: 0 }) !== undefined) return undefined;
  return beat as WatchMetricsResult;
}

function watch(input: GuardInput, { carried }: GuardRecord): Promise<WatchMetricsResult> {
  const { guard, metrics, environment, run, since, changedAt, baseline } = input;
  const { watch: state, unwatched } = carried;
  const causes = watchedCauses(input);
  const read = [...guard.metrics, ...causes.map(({ when }) => when.metric)];
  // People who were told that nobody looks hear soon that somebody does.
  const forMs = unwatched ? minute : input.afterLoss ? settlingMs(guard) : longestMs;
  const calls = environmentCalls(environment.id).guards(forMs + catchingUpMs, unwatched ? '1h' : '5m');
  const summary = `Watch ${counted(guard.metrics.length, 'metric')} every ${spanText(guard.every.ms)}`;
  return atItsEnd(
    calls.watchMetrics.executeWithOptions({ summary }, [
      {
        origin: { run: run.workflowId, address: 'guard', title: 'Guard' },
        guard,
        metrics: metrics.filter(({ name }) => read.includes(name)),
        causes,
        baseline,
        since,
        // The workflow's clock may be late, but only before anybody has looked or tried to.
        ...(unwatched ? {} : { reachBackMs: minute }),
        ...(changedAt === undefined ? {} : { changedAt }),
        environment: sliceEnvironment(environment, { metrics: read }),
        ...(state ? { state } : {}),
        longestMs: forMs,
      },
    ])
  );
}
