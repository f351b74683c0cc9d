import { environmentQueue, windowQueue, workflowQueue } from '../../plan/names.js';
import type { Link } from '../connection/link.js';

const workflowTasks = 1;
const activityTasks = 2;
/** A worker polls at least once a minute; the server remembers those that have gone for five. */
const freshMs = 75_000;

/** A task queue that a run needs. */
export interface NeededQueue {
  name: string;
  type: typeof workflowTasks | typeof activityTasks;
}

/** Who polls a task queue: those that do now, and the last that did when none does. */
export interface Pollers {
  fresh: string[];
  /** The builds of those that poll now, as far as they say. */
  builds: string[];
  last?: { identity: string; at: number };
}

/** The task queues of a run; without an environment those that every run needs. */
export function neededQueues(environmentId: string | undefined): NeededQueue[] {
  const queues: NeededQueue[] = [{ name: workflowQueue, type: workflowTasks }];
  if (environmentId === undefined) return queues;
  return [
    ...queues,
    { name: environmentQueue(environmentId), type: activityTasks },
    { name: windowQueue(environmentId), type: activityTasks },
  ];
}

/**
 * @param withinMs how long the server may take; default: as any answer
 * @throws whatever the call throws
 */
export async function pollersOf(
  link: Link,
  { name, type }: NeededQueue,
  now: number,
  withinMs?: number
): Promise<Pollers> {
  const { pollers } = await link.call(
    `task queue ${name}`,
    () =>
      link.temporal.workflowService.describeTaskQueue({
        namespace: link.settings.namespace,
        taskQueue: { name },
        taskQueueType: type,
      }),
    withinMs
  );
  const seen = (pollers ?? []).map((poller) => ({
    identity: poller.identity ?? 'unknown',
    build: poller.deploymentOptions?.buildId,
    at: Number(poller.lastAccessTime?.seconds ?? 0) * 1000,
  }));
  const fresh = seen.filter(({ at }) => now - at < freshMs);
  const last = seen.toSorted((a, b) => b.at - a.at)[0];
  return {
    fresh: [...new Set(fresh.map(({ identity }) => identity))],
    builds: [...new Set(fresh.flatMap(({ build }) => build || []))].toSorted(),
    ...(last === undefined ? {} : { last: { identity: last.identity, at: last.at } }),
  };
}

/**
 * The builds that polled for workflows within the last minute; undefined when the server does not tell in time.
 *
 * @param withinMs as in {@link pollersOf}
 */
export async function pollingBuilds(link: Link, now: number, withinMs?: number): Promise<string[] | undefined> {
  const queue = { name: workflowQueue, type: workflowTasks } as const;
  return pollersOf(link, queue, now, withinMs).then(
    ({ builds }) => builds,
    () => undefined
  );
}

/** The task queues of an environment that nobody polls; those of which the server does not tell in time are left out. */
export function idleQueues(link: Link, environmentId: string, withinMs: number): Promise<string[]> {
  return idleAmong(link, neededQueues(environmentId), withinMs);
}

/** The same of queues in which activities wait. */
export function idleActivityQueues(link: Link, names: readonly string[], withinMs: number): Promise<string[]> {
  const queues = names.map((name) => ({ name, type: activityTasks }) as const);
  return idleAmong(link, queues, withinMs);
}

async function idleAmong(link: Link, queues: readonly NeededQueue[], withinMs: number): Promise<string[]> {
  const looks = queues.map(async (queue) => {
    try {
      const { fresh } = await pollersOf(link, queue, Date.now(), withinMs);
      return fresh.length === 0 ? [queue.name] : [];
    } catch {
      // It is a courtesy to somebody who has what was asked for: what is not known is not claimed.
      return [];
    }
  });
  return (await Promise.all(looks)).flat();
}
