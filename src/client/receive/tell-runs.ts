import type { AcknowledgedElsewhere, Trouble } from '../../plan/trouble.js';
import { acknowledgedElsewhereSignal, troubleSignal } from '../../plan/trouble.js';
import { PhasegateError } from '../../plan/errors.js';
import { isNotFound } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { openCalls } from '../read/family.js';

/** What the receiver says to workflows. */
export interface Runs {
  /** `unknown`: no such run is open. `repeated`: the run has heard it before. */
  trouble(run: string, trouble: Trouble): Promise<'told' | 'repeated' | 'unknown'>;
  acknowledged(alert: string, message: AcknowledgedElsewhere): Promise<'told' | 'unknown'>;
  /** Tells every alert and incident of the run that is open: those that have the page take it. */
  acknowledgedPage(run: string, message: AcknowledgedElsewhere): Promise<'told' | 'unknown'>;
}

/** Keys that are remembered; the run itself knows those that are forgotten. */
const mostKeys = 10_000;
const answerWithinMs = 5_000;

/** @throws PhasegateError PG401, from each call, when the Temporal server does not answer */
export function runsOver(link: Link): Runs {
  const heard = new Set<string>();
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
    async trouble(run, trouble) {
      const runId = await openExecution(link, run);
      if (runId === undefined) return 'unknown';
      // Another run of the same plan has heard nothing yet.
      const key = JSON.stringify([runId, trouble.dedupKey, trouble.at]);
      if (heard.has(key)) return 'repeated';
      if (!(await tell(run, runId, troubleSignal, trouble))) return 'unknown';
      heard.add(key);
      const [oldest] = heard;
      if (heard.size > mostKeys && oldest !== undefined) heard.delete(oldest);
      return 'told';
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
