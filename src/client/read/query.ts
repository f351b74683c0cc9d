import { PhasegateError } from '../../plan/errors.js';
import { statusQuery } from '../../plan/wire.js';
import { isNotFound, isUntaken, reasonOf } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { cleanDeep, cleanLine } from '../render/clean.js';
import { partName, pinnedAdvice, pollingWords, type Builds, type Pinned } from './build-words.js';
import type { RunRef } from './snapshot.js';

/**
 * With a living worker a status takes some 20 ms; the rest is for one that has just come back, which is asked only after
 * the sticky queue of the one before it has timed out (1 s).
 */
export const statusWithinMs = 1_700;

/** A status, or why there is none: no worker answered, or it answered that it cannot go on with this workflow. */
export type Asked<T> = { status: T } | { why: Why };
export type Why = 'no worker' | { problem: string };

/**
 * Asks a workflow for its status. What comes back was written by plans, people and commands, so control characters are
 * taken out here, once for everybody.
 *
 * @throws PhasegateError PG401 when the server cannot be reached; the server's error when there is no such workflow
 */
export async function queryStatus<T>(link: Link, run: RunRef, withinMs = statusWithinMs): Promise<Asked<T>> {
  const handle = link.temporal.workflow.getHandle(run.workflowId, run.runId);
  try {
    const status = await link.ask(`status of ${run.workflowId}`, () => handle.query<T>(statusQuery), withinMs);
    return { status: cleanDeep(status) };
  } catch (error) {
    if (isUntaken(error)) return { why: 'no worker' };
    if (error instanceof PhasegateError || isNotFound(error)) throw error;
    return { why: { problem: cleanLine(reasonOf(error)) } };
  }
}

/** Why a run is shown without its workflows' own words, and what to do about it. */
export function unansweredText(why: Why, open: readonly Pinned[], { polling, environmentId }: Builds): string {
  if (why !== 'no worker') {
    return `a worker answers but cannot go on with this run (${why.problem}): this is what Temporal itself knows. See the worker's log`;
  }
  const pinned = open.flatMap(({ workflowId, pinnedTo }) =>
    pinnedTo === undefined ? [] : [`${partName(workflowId)} needs one of build ${pinnedTo}`]
  );
  const seen = polling === undefined || polling.length === 0 ? [] : [pollingWords(polling)];
  const more = [...pinned, ...seen].join('; ');
  return `no worker answers: this is what Temporal itself knows. Start one with: phasegate worker --env ${environmentId}${more === '' ? '' : ` (${more})`}`;
}

/** The same for phases and rollbacks of a run that answers itself; undefined when all of them do. */
export function silentPartsText(parts: ReadonlyArray<Pinned & { why: Why }>, builds: Builds): string | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const names = parts.map(({ workflowId }) => partName(workflowId)).join(', ');
  if (first.why !== 'no worker') {
    return `a worker answers but cannot go on with ${names} (${first.why.problem}): of that is shown what Temporal itself knows. See the worker's log`;
  }
  const began = [...new Set(parts.flatMap(({ pinnedTo }) => pinnedTo ?? []))];
  const stays = began.length === 0 ? 'the build that began it' : `build ${began.join(' and ')}, which began it`;
  const seen = pollingWords(builds.polling);
  return `no worker answers for ${names}: of that is shown what Temporal itself knows. It stays with ${stays}${seen === '' ? '' : ` (${seen})`}; ${pinnedAdvice(parts, builds)}`;
}
