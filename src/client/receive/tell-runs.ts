import type { AcknowledgedElsewhere, Trouble } from '../../plan/trouble.js';
import { acknowledgedElsewhereSignal, troubleSignal } from '../../plan/trouble.js';
import { createLimiter } from '../../activities/metrics/limiter.js';
import { PhasegateError } from '../../plan/errors.js';
import type { Plan } from '../../plan/model.js';
import { guardWorkflowId } from '../../plan/names.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import { isNotFound, isTooMuch } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { openCalls } from '../read/family.js';
import { readFrozen } from '../read/run-input.js';
import type { RunRef } from '../read/snapshot.js';

/** A run that is open. */
export interface OpenRun extends RunRef {
  /** Run id of its first execution, by which its guard and all others below it name it. */
  firstRunId: string;
  plan?: Plan;
  /** Why there is no plan here: another version of phasegate began it. */
  unread?: string;
}

export interface ToTell {
  /** Of the alert, however often it is posted. */
  key: string;
  trouble: Trouble;
  /** It has a share of its own in what a run may be told. */
  isGrave: boolean;
}

/** What the receiver says to workflows, and asks about them. */
export interface Runs {
  /** Undefined when no such run is open. */
  open(workflowId: string): Promise<OpenRun | undefined>;
  /** When the guard of the run began, with its first change, epoch ms; undefined before that. */
  guardedSince(run: OpenRun): Promise<number | undefined>;
  /** `unknown`: it is open no more. `repeated`: the run has heard it before. `dropped`: too many of them already within the hour. */
  trouble(run: OpenRun, told: ToTell): Promise<'told' | 'repeated' | 'unknown' | 'dropped'>;
  acknowledged(alert: string, message: AcknowledgedElsewhere): Promise<'told' | 'unknown'>;
  /** Tells every alert and incident of the run that is open: those that have the page take it. */
  acknowledgedPage(run: string, message: AcknowledgedElsewhere): Promise<'told' | 'unknown'>;
}

/** Keys that are remembered; the run itself knows those that are forgotten. */
const mostKeys = 10_000;
const answerWithinMs = 5_000;

/** A run hears ten thousand messages in its life, and must hear its guard and its people to the end. */
const mostInAnHour = { grave: 200, other: 50 };
const hourMs = 3_600_000;
/** An Alertmanager may post thousands at once. */
const atOnce = 20;
const knownForMs = 1_000;
/** Runs whose plans are remembered. */
const mostPlans = 100;

/** What a run may be told of other systems' alerts: what is grave has a share of its own. */
export class Quota {
  private readonly taken = new Map<string, { count: number; since: number }>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** False when it is used up. */
  take(runId: string, isGrave: boolean): boolean {
    const share = isGrave ? 'grave' : 'other';
    const key = `${runId}/${share}`;
    const before = this.taken.get(key);
    const hour = before && this.now() - before.since < hourMs ? before : { count: 0, since: this.now() };
    if (hour.count >= mostInAnHour[share]) return false;
    this.taken.set(key, { ...hour, count: hour.count + 1 });
    return true;
  }

  /** The run was not told after all: what could not be sent must leave room for when it is sent again. */
  giveBack(runId: string, isGrave: boolean): void {
    const hour = this.taken.get(`${runId}/${isGrave ? 'grave' : 'other'}`);
    if (hour && hour.count > 0) hour.count -= 1;
  }
}

/** @throws PhasegateError PG401, from each call, when the Temporal server does not answer */
export function runsOver(link: Link, now: () => number = Date.now): Runs {
  const heard = new Set<string>();
  // Two Alertmanagers post the same at the same time.
  const underWay = new Map<string, ReturnType<Runs['trouble']>>();
  const quota = new Quota(now);
  const limit = createLimiter(atOnce);
  // Thousands of alerts in one post are about the same run.
  const openRuns = new Map<string, Promise<OpenRun | undefined>>();
  const guarded = new Map<string, Promise<number | undefined>>();
  const plans = new Map<string, Promise<Pick<OpenRun, 'plan' | 'unread'>>>();
  let away: { error: unknown; at: number } | undefined;
  const tell = async (
    workflowId: string,
    runId: string | undefined,
    signal: string,
    message: object
  ): Promise<boolean> => {
    // Thousands that wait for their turn would each wait for the same answer, and their sender for minutes.
    if (away && now() - away.at < knownForMs) throw away.error;
    try {
      const handle = link.temporal.workflow.getHandle(workflowId, runId);
      await link.call(`${signal} to ${workflowId}`, () => handle.signal(signal, message), answerWithinMs);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      if (isAway(error)) away = { error, at: now() };
      throw error;
    }
  };
  return {
    open: (workflowId) =>
      askedOnce(openRuns, workflowId, async () => {
        const found = await describe(link, workflowId);
        if (!found?.isOpen) return undefined;
        const { runId, firstRunId } = found;
        const read = plans.get(runId) ?? readPlan(link, { workflowId, runId });
        plans.set(runId, read);
        forgetOldest(plans, mostPlans);
        try {
          return { workflowId, runId, firstRunId, ...(await read) };
        } catch (error) {
          plans.delete(runId);
          throw error;
        }
      }),
    guardedSince: ({ workflowId, firstRunId }) =>
      askedOnce(guarded, workflowId, async () => {
        const guard = await describe(link, guardWorkflowId(workflowId));
        // That of an earlier run may still be open.
        if (guard?.belongsTo !== firstRunId) return undefined;
        // It goes on as a new execution every few days.
        const first = await describe(link, guardWorkflowId(workflowId), guard.firstRunId);
        return (first ?? guard).startedAt;
      }),
    trouble({ workflowId, runId }, { key, trouble, isGrave }) {
      // Another run of the same plan has heard nothing yet.
      const once = JSON.stringify([runId, key, trouble.at]);
      const first = underWay.get(once);
      if (first) return first.then((result) => (result === 'told' ? 'repeated' : result));
      const telling = limit(async () => {
        if (heard.has(once)) return 'repeated';
        if (!quota.take(runId, isGrave)) return 'dropped';
        let told = false;
        try {
          told = await tell(workflowId, runId, troubleSignal, trouble);
        } finally {
          if (!told) quota.giveBack(runId, isGrave);
        }
        if (!told) return 'unknown';
        heard.add(once);
        forgetOldest(heard, mostKeys);
        return 'told';
      }).finally(() => underWay.delete(once));
      underWay.set(once, telling);
      return telling;
    },
    acknowledged: async (alert, message) =>
      (await tell(alert, undefined, acknowledgedElsewhereSignal, message)) ? 'told' : 'unknown',
    async acknowledgedPage(run, message) {
      const calls = await openCalls(link, run);
      const told = await Promise.all(
        calls.map(({ workflowId }) => tell(workflowId, undefined, acknowledgedElsewhereSignal, message))
      );
      return told.includes(true) ? 'told' : 'unknown';
    },
  };
}

/** The same question within a second has the same answer. */
function askedOnce<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before) return before;
  const asked = ask();
  known.set(key, asked);
  setTimeout(() => known.delete(key), knownForMs).unref();
  return asked;
}

function forgetOldest(known: Map<string, unknown> | Set<string>, most: number): void {
  const [oldest] = known.keys();
  if (known.size > most && oldest !== undefined) known.delete(oldest);
}

async function readPlan(link: Link, run: RunRef): Promise<Pick<OpenRun, 'plan' | 'unread'>> {
  try {
    return { plan: (await readFrozen(link, run)).plan };
  } catch (error) {
    if (!(error instanceof PhasegateError) || error.code !== 'PG403') throw error;
    return { unread: `${error.message}, so nothing that its labels name was checked` };
  }
}

interface Described {
  runId: string;
  firstRunId: string;
  startedAt: number;
  belongsTo: string | undefined;
  isOpen: boolean;
}

async function describe(link: Link, workflowId: string, execution?: string): Promise<Described | undefined> {
  try {
    const { runId, status, startTime, raw, typedSearchAttributes } = await link.call(
      `run ${workflowId}`,
      () => link.temporal.workflow.getHandle(workflowId, execution).describe(),
      answerWithinMs
    );
    return {
      runId,
      firstRunId: raw.workflowExecutionInfo?.firstRunId || runId,
      startedAt: startTime.getTime(),
      belongsTo: typedSearchAttributes.get(searchAttributes.run),
      isOpen: status.name === 'RUNNING' || status.name === 'PAUSED',
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Whether the same request may be taken later: the sender is told to try again. */
export function isAway(error: unknown): boolean {
  return isTooMuch(error) || (error instanceof PhasegateError && (error.code === 'PG401' || error.code === 'PG412'));
}
