import type { AcknowledgedElsewhere, Trouble } from '../../plan/trouble.js';
import { acknowledgedElsewhereSignal, troubleSignal } from '../../plan/trouble.js';
import { createLimiter } from '../../activities/metrics/limiter.js';
import { PhasegateError } from '../../plan/errors.js';
import { isNotFound } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { openCalls } from '../read/family.js';

/** What the receiver says to workflows. */
export interface Runs {
  /** `unknown`: no such run is open. `repeated`: the run has heard it before. `dropped`: too many of them already within the hour. */
  trouble(run: string, trouble: Trouble): Promise<'told' | 'repeated' | 'unknown' | 'dropped'>;
  acknowledged(alert: string, message: AcknowledgedElsewhere): Promise<'told' | 'unknown'>;
  /** Tells every alert and incident of the run that is open: those that have the page take it. */
  acknowledgedPage(run: string, message: AcknowledgedElsewhere): Promise<'told' | 'unknown'>;
}

/** Keys that are remembered; the run itself knows those that are forgotten. */
const mostKeys = 10_000;
const answerWithinMs = 5_000;

/** A run hears ten thousand messages in its life, and must hear its guard and its people to the end. */
const mostInAnHour = { critical: 200, other: 50 };
const hourMs = 3_600_000;
/** An Alertmanager may post thousands at once. */
const atOnce = 20;
const knownForMs = 1_000;

/** What a run may be told of other systems' alerts: what is critical has a share of its own. */
export class Quota {
  private readonly taken = new Map<string, { count: number; since: number }>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** False when it is used up. */
  take(runId: string, isCritical: boolean): boolean {
    const share = isCritical ? 'critical' : 'other';
    const key = `${runId}/${share}`;
    const before = this.taken.get(key);
    const hour = before && this.now() - before.since < hourMs ? before : { count: 0, since: this.now() };
    if (hour.count >= mostInAnHour[share]) return false;
    this.taken.set(key, { ...hour, count: hour.count + 1 });
    return true;
  }
}

/** @throws PhasegateError PG401, from each call, when the Temporal server does not answer */
export function runsOver(link: Link): Runs {
  const heard = new Set<string>();
  const quota = new Quota();
  const limit = createLimiter(atOnce);
  const looked = new Map<string, Promise<string | undefined>>();
  /** Thousands of alerts in one post are about the same run. */
  const openOnce = (run: string): Promise<string | undefined> => {
    const known = looked.get(run);
    if (known) return known;
    const asked = openExecution(link, run);
    looked.set(run, asked);
    setTimeout(() => looked.delete(run), knownForMs).unref();
    return asked;
  };
  const tell = async (
    workflowId: string,
    runId: string | undefined,
    signal: string,
    message: object
  ): Promise<boolean> => {
    try {
      const handle = link.temporal.workflow.getHandle(workflowId, runId);
      await link.call(`${signal} to ${workflowId}`, () => handle.signal(signal, message), answerWithinMs);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  };
  return {
    trouble: (run, trouble) =>
      limit(async () => {
        const runId = await openOnce(run);
        if (runId === undefined) return 'unknown';
        // Another run of the same plan has heard nothing yet.
        const key = JSON.stringify([runId, trouble.dedupKey, trouble.at]);
        if (heard.has(key)) return 'repeated';
        if (!quota.take(runId, trouble.level === 'critical')) return 'dropped';
        if (!(await tell(run, runId, troubleSignal, trouble))) return 'unknown';
        heard.add(key);
        const [oldest] = heard;
        if (heard.size > mostKeys && oldest !== undefined) heard.delete(oldest);
        return 'told';
      }),
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

async function openExecution(link: Link, workflowId: string): Promise<string | undefined> {
  try {
    const { runId, status } = await link.call(
      `run ${workflowId}`,
      () => link.temporal.workflow.getHandle(workflowId).describe(),
      answerWithinMs
    );
    return status.name === 'RUNNING' || status.name === 'PAUSED' ? runId : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Whether the same request may be taken later: the sender is told to try again. */
export function isAway(error: unknown): boolean {
  return error instanceof PhasegateError && (error.code === 'PG401' || error.code === 'PG412');
}
