import { readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import { bootId, startOf } from '../../../src/activities/commands/processes.js';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import type { Ground, HeldCommand, JournalLine } from './ground.js';
import { until } from './until.js';

// The precise moment of a kill is found by waiting for something that can be seen.

type Event = temporal.api.history.v1.IHistoryEvent;

/** Waits until an event of a history matches. */
export function untilEvent(handle: WorkflowHandle, what: string, matches: (event: Event) => boolean): Promise<Event> {
  return until(`${what} in ${handle.workflowId}`, async () => (await handle.fetchHistory()).events?.find(matches));
}

export function isScheduled(activity: string): (event: Event) => boolean {
  return (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity;
}

/**
 * Waits until the first activity of a type has completed.
 *
 * @returns when that was, as the server noted it (epoch ms)
 */
export async function untilCompleted(handle: WorkflowHandle, activity: string): Promise<number> {
  const { eventId } = await untilEvent(handle, activity, isScheduled(activity));
  const { eventTime } = await untilEvent(handle, `the end of ${activity}`, (event) =>
    Boolean(eventId?.eq(event.activityTaskCompletedEventAttributes?.scheduledEventId ?? 0))
  );
  return tsToMs(eventTime);
}

/** Waits until the window that a phase runs has judged so many samples, by its last heartbeat. */
export async function untilSamples(handle: WorkflowHandle, count: number): Promise<void> {
  await until(`sample ${count} in ${handle.workflowId}`, async () => {
    const { raw } = await handle.describe();
    const data = raw.pendingActivities?.find((one) => one.activityType?.name === 'watchWindow')?.heartbeatDetails
      ?.payloads?.[0]?.data;
    return data && (JSON.parse(Buffer.from(data).toString()) as { k: number }).k >= count;
  });
}

/** Waits until a pending activity is in this attempt or a later one. */
export async function untilAttempt(handle: WorkflowHandle, activity: string, attempt: number): Promise<void> {
  await until(`attempt ${attempt} of ${activity}`, async () => {
    const { raw } = await handle.describe();
    const pending = raw.pendingActivities?.find((one) => one.activityType?.name === activity);
    return pending?.lastWorkerIdentity && (pending.attempt ?? 0) >= attempt && Boolean(pending.lastStartedTime);
  });
}

/** Waits until a command has written a line into the journal. */
export function untilNoted(
  ground: Ground,
  { verb, target }: Pick<HeldCommand, 'verb' | 'target'>,
  what: JournalLine['what']
): Promise<JournalLine> {
  return until(
    `${what} of ${verb} ${target}`,
    () =>
      Promise.resolve(
        ground.journal().find((line) => line.verb === verb && line.target === target && line.what === what)
      ),
    10
  );
}

/** As a host that loses its power: nothing is handed over. */
export async function kill(...workers: ServerProcess[]): Promise<void> {
  for (const { pid } of workers) process.kill(pid, 'SIGKILL');
  await Promise.all(workers.map(({ exited }) => exited));
}

/** Kills a command and the wrapper around it: they form a process group of their own. */
export function killCommand({ pid }: JournalLine): void {
  const [, group] = /^\d+ \(.*\) \S \d+ (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  if (group === undefined) throw new Error(`process ${pid} has no group`);
  process.kill(-Number(group), 'SIGKILL');
}

/** Holds the lock of the flag file, so that nobody can write it; gives what lets it go. */
export function lockFlags({ flagsFile }: Ground): () => void {
  const lock = `${flagsFile}.lock`;
  const { pid } = process;
  writeFileSync(lock, JSON.stringify({ nonce: 'a test', host: hostname(), boot: bootId(), pid, start: startOf(pid) }));
  return () => rmSync(lock);
}

/**
 * Waits until somebody begins to wait for the lock of the flag file: he has all of his ten seconds from now on, and needs
 * no server to get there. That the server says so would not do: what it has given away may not have arrived yet.
 */
export async function untilNextWaits({ flagsFile }: Ground): Promise<void> {
  const tries = `${basename(flagsFile)}.lock.`;
  // Who waits tries again and again, by a file with a name that he keeps. The first of them may have waited for long.
  const waiting = new Set<string>();
  const watcher = watch(dirname(flagsFile), (_, name) => {
    if (name?.startsWith(tries)) waiting.add(name);
  });
  try {
    await until('the next who waits for the lock', () => Promise.resolve(waiting.size > 1), 10);
  } finally {
    watcher.close();
  }
}
