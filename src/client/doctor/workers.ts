import type { Link } from '../connection/link.js';
import { neededQueues, pollersOf, type NeededQueue } from '../read/pollers.js';
import { spanText } from '../../plan/text/spans.js';
import { fail, ok, reasonOf, type Finding } from './finding.js';

/** Whether somebody polls each task queue that a run needs. */
export async function examineWorkers(link: Link, environmentId: string | undefined, now: number): Promise<Finding[]> {
  return Promise.all(neededQueues(environmentId).map((queue) => examineQueue(link, queue, environmentId, now)));
}

async function examineQueue(
  link: Link,
  queue: NeededQueue,
  environmentId: string | undefined,
  now: number
): Promise<Finding> {
  const what = `worker for ${queue.name}`;
  const remedy = `Start one with: phasegate worker --env ${environmentId ?? 'ENVIRONMENT'}`;
  try {
    const { fresh, last } = await pollersOf(link, queue, now);
    if (fresh.length > 0) return ok(what, fresh.join(', '));
    return fail(what, last ? `none; ${last.identity} polled ${spanText(now - last.at)} ago` : 'none', remedy);
  } catch (error) {
    return fail(what, reasonOf(error), remedy);
  }
}
