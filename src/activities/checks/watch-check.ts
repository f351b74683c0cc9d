import { z } from 'zod';
import type { Verdict } from '../../plan/judge-types.js';
import { counted, instantText } from '../../plan/text/spans.js';
import type { CheckResult, EvidenceRef, WatchCheckInput, WatchCheckResult } from '../contract.js';
import type { Tools } from '../deps.js';
import type { Scope } from '../scope.js';

/** A look at the target that could not judge it is made again so soon, and so often, before people are asked. */
const againMs = 60_000;
const blindInARow = 3;
/** So many of the looks may be missed while no worker ran, or one; with more nobody can say that all was well. */
const mayMiss = 0.1;
/** So that a clock that was set, or a machine that slept, is noticed. */
const longestSleepMs = 60_000;
/** Looks that one document of evidence lists; older ones are counted. */
const mostListed = 1000;

const look = z.object({
  k: z.number(),
  at: z.number(),
  verdict: z.enum(['PASS', 'FAIL', 'HOLD']),
  reason: z.string(),
  evidence: z.object({ digest: z.string(), bytes: z.number() }),
});
type Look = z.output<typeof look>;
const progress = z.object({
  looks: z.array(look),
  made: z.number(),
  missed: z.number(),
  inner: z.unknown().optional(),
});
type Progress = z.output<typeof progress>;

/**
 * Makes a check again and again until a time is over: on a grid of `every` from `t0`, and once more at `until`. It ends
 * early with the first look that is FAIL, or with the third in a row that could not judge. Looks that came due while no
 * worker ran were missed, which is said; a target has no memory that could be asked.
 */
export async function watchCheck(
  input: WatchCheckInput,
  tools: Tools,
  scope: Scope,
  check: (input: WatchCheckInput, scope: Scope) => Promise<CheckResult>
): Promise<WatchCheckResult> {
  const { clock } = tools;
  const { until } = input;
  const told = progress.safeParse(scope.heartbeatDetails);
  let state: Progress = told.success ? told.data : { looks: [], made: 0, missed: 0, inner: undefined };
  let isFirst = true;
  for (;;) {
    const last = state.looks.at(-1);
    const { k, at } = nextLook(last, input, clock.now());
    for (let wait = at - clock.now(); wait > 0; wait = at - clock.now())
      await clock.sleep(Math.min(wait, longestSleepMs), scope.signal);
    scope.signal.throwIfAborted();
    const found = await check(input, innerScope(scope, k, state));
    // Only before the first of an attempt: a look that took longer than the time between two was no less of a look.
    const missed = isFirst ? Math.max(0, k - firstDue(last, input, scope.scheduledAt)) : 0;
    isFirst = false;
    const made: Look = { k, at: found.endedAt, verdict: found.verdict, reason: found.reason, evidence: found.evidence };
    state = {
      looks: [...state.looks, made].slice(-mostListed),
      made: state.made + 1,
      missed: state.missed + missed,
      inner: undefined,
    };
    scope.heartbeat(state);
    const verdict = verdictAfter(state, at >= until);
    if (verdict) return conclude(input, tools, state, verdict, found);
  }
}

type Grid = Pick<WatchCheckInput, 't0' | 'everyMs' | 'until'>;

function timeOf(k: number, { t0, everyMs, until }: Grid): number {
  return Math.min(t0 + k * everyMs, until);
}

/** The newest look from `k` on that has come due by `now`; `k` itself when none has. */
function newestDue(k: number, grid: Grid, now: number): number {
  let newest = k;
  while (timeOf(newest, grid) < grid.until && timeOf(newest + 1, grid) <= now) newest += 1;
  return newest;
}

/** The look that a worker would have made next, had one been there: `t0` may lie before the check was asked for. */
function firstDue(last: Look | undefined, grid: Grid, scheduledAt: number): number {
  return last === undefined ? newestDue(0, grid, scheduledAt) : last.k + 1;
}

/** The look that is due next; of those that were missed the newest. One that could not judge is made again sooner. */
function nextLook(last: Look | undefined, grid: Grid, now: number): { k: number; at: number } {
  const { everyMs, until } = grid;
  const again = last?.verdict === 'HOLD' ? last.at + Math.min(againMs, everyMs) : undefined;
  const next = last === undefined ? 0 : last.k + 1;
  const wasLast = last !== undefined && timeOf(last.k, grid) >= until;
  if (again !== undefined && (wasLast || again < timeOf(next, grid))) return { k: last?.k ?? 0, at: again };
  const k = newestDue(next, grid, now);
  return { k, at: timeOf(k, grid) };
}

function verdictAfter({ looks, made, missed }: Progress, isOver: boolean): Verdict | undefined {
  const last = looks.at(-1);
  if (last === undefined || last.verdict === 'FAIL') return last?.verdict;
  const tooFew = missed > Math.max(1, mayMiss * (made + missed));
  if (last.verdict === 'PASS') return isOver ? (tooFew ? 'HOLD' : 'PASS') : undefined;
  const blind = looks.slice(-blindInARow);
  return blind.length === blindInARow && blind.every((one) => one.verdict === 'HOLD') ? 'HOLD' : undefined;
}

async function conclude(
  { origin, check, t0, everyMs, until }: WatchCheckInput,
  tools: Tools,
  { looks, made, missed }: Progress,
  verdict: Verdict,
  last: CheckResult
): Promise<WatchCheckResult> {
  const evidence: EvidenceRef = await tools.evidence.put(
    'check-watch',
    tools.secrets.scrubAll({ origin, check, t0, everyMs, until, verdict, made, missed, looks })
  );
  const many = `${counted(made, 'look')} since ${instantText(t0)}${missed > 0 ? `, ${missed} missed while no worker ran` : ''}`;
  const reason = verdict === 'PASS' ? `${many}, all good; the last: ${last.reason}` : `${last.reason} (${many})`;
  return { ...last, verdict, reason, evidence, looks: made, missed };
}

/** Each look is a check of its own; what it tells in heartbeats travels beside what is known of the looks before it. */
function innerScope(scope: Scope, k: number, state: Progress): Scope {
  return {
    ...scope,
    activityId: `${scope.activityId}.${state.made}.${k}`,
    heartbeatDetails: state.inner,
    heartbeat: (inner) => scope.heartbeat({ ...state, inner }),
  };
}
