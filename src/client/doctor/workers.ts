import type { Link } from '../connection/link.js';
import { environmentQueue, windowQueue, workflowQueue } from '../../plan/names.js';
import { spanText } from '../../plan/text/spans.js';
import { fail, ok, reasonOf, type Finding } from './finding.js';

const workflowTasks = 1;
const activityTasks = 2;
/** A worker polls at least once a minute; the server remembers those that have gone for five. */
const freshMs = 75_000;

/** Whether somebody polls each task queue that a run needs. */
export async function examineWorkers(link: Link, environmentId: string | undefined, now: number): Promise<Finding[]> {
  const queues = [{ name: workflowQueue, type: workflowTasks }];
  if (environmentId !== undefined) {
    queues.push(
      { name: environmentQueue(environmentId), type: activityTasks },
      { name: windowQueue(environmentId), type: activityTasks }
    );
  }
  return Promise.all(queues.map(({ name, type }) => examineQueue(link, name, type, environmentId, now)));
}

async function examineQueue(
  link: Link,
  name: string,
  type: number,
  environmentId: string | undefined,
  now: number
): Promise<Finding> {
  const what = `worker for ${name}`;
  const remedy = `Start one with: phasegate worker --env ${environmentId ?? 'ENVIRONMENT'}`;
  try {
    const { pollers } = await link.call(`task queue ${name}`, () =>
      link.temporal.workflowService.describeTaskQueue({
        namespace: link.settings.namespace,
        taskQueue: { name },
        taskQueueType: type,
      })
    );
    const seen = (pollers ?? []).map((poller) => ({
      identity: poller.identity ?? 'unknown',
      at: Number(poller.lastAccessTime?.seconds ?? 0) * 1000,
    }));
    const fresh = seen.filter(({ at }) => now - at < freshMs);
    if (fresh.length > 0) return ok(what, [...new Set(fresh.map(({ identity }) => identity))].join(', '));
    const last = seen.toSorted((a, b) => b.at - a.at)[0];
    return fail(what, last ? `none; ${last.identity} polled ${spanText(now - last.at)} ago` : 'none', remedy);
  } catch (error) {
    return fail(what, reasonOf(error), remedy);
  }
}
