import type { GuardHeartbeat } from '../../activities/contract.js';
import { freshGuard, guardStatus, type GuardCarried } from '../../plan/guard/status.js';
import { toldState } from '../../plan/guard/state.js';
import { guardWorkflowId } from '../../plan/names.js';
import type { GuardInput } from '../../plan/run-input.js';
import type { GuardStatus, WatchedMetric } from '../../plan/watch-status.js';
import type { Link } from '../connection/link.js';
import { cleanDeep } from '../render/clean.js';
import { atWork, type AtWork } from './at-work.js';
import { describeIfOf, type Described } from './describe.js';
import { readHistory, type HistoryFacts } from './history.js';
import { queryStatus } from './query.js';

/**
 * The guard of a run, or undefined while it has none: it is asked, and read from its history when it does not answer or
 * has ended. It looks for days at a time, so how its metrics stand now is in the heartbeat of its look.
 */
export async function readGuard(
  link: Link,
  run: Pick<Described, 'workflowId' | 'firstRunId'>,
  ask: boolean
): Promise<({ guard: GuardStatus } & AtWork) | undefined> {
  const found = await describeIfOf(link, guardWorkflowId(run.workflowId), run.firstRunId);
  if (!found) return undefined;
  const ref = { workflowId: found.workflowId, runId: found.runId };
  const asked = found.open && ask ? await queryStatus<GuardStatus>(link, ref) : undefined;
  const status =
    asked && 'status' in asked ? asked.status : cleanDeep(guardFromHistory(await readHistory(link, ref), found));
  return { guard: withLatest(status, found), ...atWork(found) };
}

/** What it returned, or what its latest execution was handed over. */
function guardFromHistory(
  { input, result, startedAt, workflowId, runId }: HistoryFacts,
  found: Described
): GuardStatus {
  const returned = result as Partial<GuardStatus> | undefined;
  if (returned?.metrics !== undefined && returned.sentence !== undefined) return returned as GuardStatus;
  const given = input as GuardInput;
  const carried = (given.state as GuardCarried | undefined) ?? freshGuard(given, startedAt);
  const ended = found.open ? {} : { endedAt: found.closedAt ?? startedAt };
  return guardStatus(given, carried, { workflowId, runId, ...ended });
}

function withLatest(status: GuardStatus, { activities }: Described): GuardStatus {
  const heartbeat = activities.find(({ type }) => type === 'watchMetrics')?.heartbeat;
  if (!isHeartbeat(heartbeat) || status.state === 'ended') return status;
  const { metrics } = heartbeat.state;
  return {
    ...status,
    metrics: status.metrics.map((metric): WatchedMetric => {
      const watch = metrics[metric.metric];
      if (watch?.value === undefined || watch.seenAt === undefined) return metric;
      const { value, seenAt } = watch;
      // What is told of is told by the guard itself, a moment later.
      const quiet = metric.state === 'ok' || metric.state === 'off-target';
      const seen = toldState(watch);
      const state = quiet && (seen === 'off-target' || seen === 'ok') ? seen : metric.state;
      return { ...metric, state, value, seenAt };
    }),
  };
}

function isHeartbeat(value: unknown): value is GuardHeartbeat {
  if (typeof value !== 'object' || value === null || !('state' in value)) return false;
  const { state } = value;
  return typeof state === 'object' && state !== null && 'metrics' in state && typeof state.metrics === 'object';
}
