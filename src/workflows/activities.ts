import type { ActivityOptions, Duration } from '@temporalio/common';
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { EnvironmentActivities, HostActivities, WindowActivities } from '../activities/contract.js';
import { environmentQueue, windowQueue } from '../plan/names.js';
import { believed } from './believed.js';

/**
 * How long each kind of activity may take, and what a lost worker means for it.
 *
 * A reading gives up its place at once when the phase is stopped; a change is always waited for, since an undo that
 * overtakes its apply would be undone by it. Attempts are bounded, and so is the time until a worker takes one: a target
 * that stays unreachable, and an environment that nobody works for, become a HOLD.
 */
const takenWithin = '5m';
const retry = { initialInterval: '1s', backoffCoefficient: 1.5, maximumInterval: '5s', maximumAttempts: 10 } as const;
const reading: ActivityOptions = {
  startToCloseTimeout: '1m',
  // A worker that died in the middle of a reading is missed as soon as one that died in a change.
  heartbeatTimeout: '10s',
  scheduleToStartTimeout: takenWithin,
  retry,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
};
const changing: ActivityOptions = {
  heartbeatTimeout: '10s',
  scheduleToStartTimeout: takenWithin,
  retry,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};
/** It outlives many workers: its source remembers what a dead one missed. */
const watching: ActivityOptions = {
  heartbeatTimeout: '12s',
  retry: { initialInterval: '200ms', backoffCoefficient: 1.4, maximumInterval: '10s', maximumAttempts: 100 },
};

export interface EnvironmentCalls {
  /** Captures, notifications, identities, evidence: seconds. */
  reads: ReturnType<typeof proxyActivities<EnvironmentActivities>>;
  /** Applies, undos and commands: as long as the plan allows. */
  changes: (longestMs: number) => ReturnType<typeof proxyActivities<EnvironmentActivities>>;
  windows: (longestMs: number) => ReturnType<typeof proxyActivities<WindowActivities>>;
  /**
   * The guard's: as long as a window of that length, but that it ends with what it has seen when it is called off. With
   * all its attempts it takes `atMostMs`, if that is given.
   */
  guards: (
    longestMs: number,
    within: Duration,
    atMostMs?: number
  ) => ReturnType<typeof proxyActivities<WindowActivities>>;
}

export function environmentCalls(environmentId: string): EnvironmentCalls {
  const taskQueue = environmentQueue(environmentId);
  return {
    reads: believed(proxyActivities<EnvironmentActivities>({ ...reading, taskQueue })),
    changes: (longestMs) =>
      believed(proxyActivities<EnvironmentActivities>({ ...changing, taskQueue, startToCloseTimeout: longestMs })),
    windows: (longestMs) =>
      believed(
        proxyActivities<WindowActivities>({
          ...watching,
          taskQueue: windowQueue(environmentId),
          startToCloseTimeout: longestMs,
          // With no worker at all it must come to an end too: what nobody measured is a HOLD.
          scheduleToCloseTimeout: longestMs,
          cancellationType: ActivityCancellationType.TRY_CANCEL,
        })
      ),
    guards: (longestMs, within, atMostMs) =>
      believed(
        proxyActivities<WindowActivities>({
          ...watching,
          taskQueue: windowQueue(environmentId),
          startToCloseTimeout: longestMs,
          // That nobody looks must be told.
          scheduleToStartTimeout: within,
          ...(atMostMs === undefined ? {} : { scheduleToCloseTimeout: atMostMs }),
          cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        })
      ),
  };
}

export const host = believed(
  proxyActivities<HostActivities>({
    startToCloseTimeout: '10s',
    retry: { initialInterval: '500ms', backoffCoefficient: 1.5, maximumInterval: '5s' },
  })
);
