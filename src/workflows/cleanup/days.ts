import { ActivityFailure, isCancellation, log, sleep } from '@temporalio/workflow';
import type { HostActivities } from '../../activities/contract.js';
import type { CleanupInput } from '../../plan/run-input.js';
import { host } from '../activities.js';
import { failureText } from '../phase/attempt.js';

const firstPauseMs = 10_000;
const longestPauseMs = 6 * 60 * 60_000;

/** What the calendar says of all groups. */
export function askDays({
  cleanup,
  environment,
  firstDayAt,
  completedAt,
}: CleanupInput): ReturnType<HostActivities['cleanupDays']> {
  const { compression, timeZone } = environment;
  return host.cleanupDays({
    groups: cleanup.groups.map(({ id, schedule, length }) => ({ id, schedule, length })),
    firstDayAt,
    completedAt,
    timeZone,
    ...(compression ? { compression } : {}),
  });
}

/**
 * While nobody can tell the days, such as a worker of another version, they are asked for again, ever more rarely: when a
 * clean-up fails, nobody is reminded any more.
 *
 * @param tries that were in vain
 */
export async function untilAskedAgain(error: unknown, tries: number): Promise<void> {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
  const reason = failureText(error);
  log.error('The days of the clean-up are not known yet', { reason });
  await sleep(Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs), {
    summary: `Until its days are asked for again: ${reason}`.slice(0, 180),
  });
}
