import { statusQuery } from '../../plan/wire.js';
import { isNotReady, NoAnswer } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { cleanDeep } from '../render/clean.js';
import type { RunRef } from './snapshot.js';

/** With a living worker a status takes some 20 ms; the rest is for a worker that has just come back. */
export const statusWithinMs = 1_000;

/**
 * Asks a workflow for its status; undefined when no worker answers in time. What comes back was written by plans,
 * people and commands, so control characters are taken out here, once for everybody.
 */
export async function queryStatus<T>(link: Link, run: Partial<RunRef> & { workflowId: string }, withinMs = statusWithinMs): Promise<T | undefined> {
  const handle = link.temporal.workflow.getHandle(run.workflowId, run.runId);
  try {
    return cleanDeep(await link.call(`status of ${run.workflowId}`, () => handle.query<T>(statusQuery), withinMs));
  } catch (error) {
    if (error instanceof NoAnswer || isNotReady(error)) return undefined;
    throw error;
  }
}
