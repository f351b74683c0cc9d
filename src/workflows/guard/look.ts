import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  patched,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { WatchMetricsInput, WatchMetricsResult } from '../../activities/contract.js';
import { problemWithAnswer } from '../../plan/activity-answers.js';
import { watchedCauses } from '../../plan/guard/status.js';
import type { BlindNews, GuardNews } from '../../plan/guard/state.js';
import { lastSampleAt } from '../../plan/guard/watch.js';
import type { GuardInput } from '../../plan/run-input.js';
import { counted, spanText } from '../../plan/text/spans.js';
import { environmentCalls } from '../activities.js';
import { failureText, wasNotTaken } from '../phase/attempt.js';
import { atItsEnd } from '../simulated-end.js';
import { sliceEnvironment } from '../slice.js';
import type { GuardRecord } from './record.js';

const minute = 60_000;
/** Without news, an execution of the guard lasts so long: some thirty events a week. */
const longestWatchMs = 3 * 24 * 60 * minute;
/** The source remembers what was missed, and it takes some time to ask for all of it. */
const catchingUpMs = 60 * minute;
/** The next run of the plan waits so long for this guard to be gone (`keepGuard`), and for the evidence behind it. */
const lastLookMs = 5 * minute;

export interface Looked {
  /** What has to be told. */
  news: GuardNews[];
  /** Whether the look said all that it saw: not where its worker was lost. */
  answered: boolean;
}

/**
 * Looks until there is news. That nobody can look is news as well, the first time: the activity could not be done, or no
 * worker of the environment took it. What is missed meanwhile is asked for later.
 *
 * @throws CancelledFailure when it was called off before any worker had it, or in between two that did
 */
export async function look(input: GuardInput, record: GuardRecord): Promise<Looked> {
  const { unwatched } = record.carried;
  try {
    const found = await watch(input, record);
    record.saw(found);
    const isBack: BlindNews = { kind: 'blind', blind: false, at: found.endedAt, reason: 'metrics are watched again' };
    const stillBlind = found.state.blind.rank > 0;
    return { news: unwatched && !stillBlind ? [isBack, ...found.news] : found.news, answered: true };
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    const seen = lastBeat(error);
    if (seen) record.saw(seen);
    const news = seen?.news ?? [];
    // A look that was called off, and whose worker was gone, is not one that failed.
    if (CancellationScope.current().consideredCancelled) return { news, answered: false };
    const reason = failureText(error);
    const at = Date.now();
    record.lost(reason, unwatched?.since ?? at);
    if (!wasNotTaken(error) && unwatched) await pause(reason);
    const known = unwatched !== undefined || (record.carried.watch?.blind.rank ?? 0) > 0;
    const isBlind: BlindNews = { kind: 'blind', blind: true, at, reason: `nobody watches the metrics: ${reason}` };
    return { news: known ? news : [...news, isBlind], answered: false };
  }
}

/**
 * Looks once more when a look was called off that did not answer: else nothing would be known of what it watched. What is
 * found is recorded and told to nobody: the run is over, and much of it may be over as well.
 */
export async function lookAtLast(input: GuardInput, record: GuardRecord): Promise<void> {
  if (!patched('looked-at-last')) return;
  const calls = environmentCalls(input.environment.id).guards(lastLookMs, minute, lastLookMs);
  const given = { ...whatToWatch(input, record), longestMs: 0, catchUp: true } as const;
  try {
    record.saw(
      await atItsEnd(
        calls.watchMetrics.executeWithOptions({ summary: 'Catch up with what nobody has looked at' }, [given])
      )
    );
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const beat = lastBeat(error);
    if (beat) record.saw(beat);
    const { unwatched, watch: seen } = record.carried;
    record.lost(failureText(error), unwatched?.since ?? (seen ? lastSampleAt(input.guard, seen) : input.since));
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

function watch(input: GuardInput, record: GuardRecord): Promise<WatchMetricsResult> {
  const { guard, environment } = input;
  const { unwatched } = record.carried;
  // People who were told that nobody looks hear soon that somebody does.
  const longestMs = unwatched ? minute : input.afterLoss ? settlingMs(guard) : longestWatchMs;
  const calls = environmentCalls(environment.id).guards(longestMs + catchingUpMs, unwatched ? '1h' : '5m');
  const summary = `Watch ${counted(guard.metrics.length, 'metric')} every ${spanText(guard.every.ms)}`;
  // The first of a run asks for all since the first change: its worker may have died with the capture. What one before it
  // saw is told already, and nobody knows how far that was; and the workflow's clock may be late until somebody has looked.
  const reach = unwatched || !input.afterLoss ? {} : { reachBackMs: minute + (input.waitedMs ?? 0) };
  return atItsEnd(
    calls.watchMetrics.executeWithOptions({ summary }, [{ ...whatToWatch(input, record), ...reach, longestMs }])
  );
}

function whatToWatch(input: GuardInput, { carried }: GuardRecord): Omit<WatchMetricsInput, 'longestMs'> {
  const { guard, metrics, environment, run, since, changedAt, baseline, resolvesInMs } = input;
  const causes = watchedCauses(input);
  const read = [...guard.metrics, ...causes.map(({ when }) => when.metric)];
  return {
    origin: { run: run.workflowId, address: 'guard', title: 'Guard' },
    guard,
    metrics: metrics.filter(({ name }) => read.includes(name)),
    causes,
    baseline,
    ...(resolvesInMs === undefined ? {} : { resolvesInMs }),
    since,
    ...(changedAt === undefined ? {} : { changedAt }),
    environment: sliceEnvironment(environment, { metrics: read }),
    ...(carried.watch ? { state: carried.watch } : {}),
  };
}
