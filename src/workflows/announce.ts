import type { Duration } from '@temporalio/common';
import { ActivityFailure, isCancellation, log, uuid4 } from '@temporalio/workflow';
import type { Notification, NotifyResult } from '../activities/contract.js';
import type { Environment } from '../plan/model.js';
import { remarksOf } from '../plan/names.js';
import type { RunIdentity } from '../plan/run-input.js';
import { addressesOf } from '../plan/people.js';
import { environmentCalls } from './activities.js';
import { failureText } from './phase/attempt.js';
import { sliceEnvironment } from './slice.js';

/**
 * Tells people. A channel that takes nothing never stops or delays a run: it is logged, and what people are asked
 * stands in every status. Resolves when the message is out, with the time of that (epoch ms), or given up.
 *
 * @param patience later it is no news any more. Of its end least of all: until that is told, a run that has ended is
 *   open, and can neither be stopped nor rolled back
 */
export async function announce(
  run: RunIdentity,
  environment: Environment,
  message: Omit<Notification, 'run' | 'dedupKey' | 'remarks'>,
  patience: Duration = message.kind === 'ended' ? '15s' : '5m'
): Promise<number | undefined> {
  return (await announceTo(run, environment, message, patience)).at;
}

/** What became of a message: `failed` says which channels did not take it, and why. */
export type Announced = { at?: number } & Pick<NotifyResult, 'failed' | 'refused' | 'taken'>;

/**
 * The same, for whoever cares which channels did not take it.
 *
 * @param key the same for the same message told again: a channel that took it and answered late must not tell it twice
 * @param taken who has it from an earlier time, by channel
 */
export async function announceTo(
  run: RunIdentity,
  environment: Environment,
  message: Omit<Notification, 'run' | 'dedupKey' | 'remarks'>,
  patience: Duration,
  key: string = uuid4(),
  taken?: NotifyResult['taken']
): Promise<Announced> {
  if (environment.notify.length === 0) return { failed: {} };
  try {
    const { reads } = environmentCalls(environment.id);
    const result = await reads.notify.executeWithOptions(
      {
        summary: `Tell ${message.to.join(', ')}: ${message.title}`.slice(0, 180),
        scheduleToCloseTimeout: patience,
        scheduleToStartTimeout: patience,
      },
      [
        {
          environment: sliceEnvironment(environment, { notify: true }),
          ...(taken ? { taken } : {}),
          notification: {
            ...message,
            run: run.workflowId,
            // A second reminder is another message; the same message sent again after a crash is not.
            dedupKey: `${run.runId}/${message.address ?? 'run'}/${message.kind}/${key}`,
            remarks: remarksOf(environment),
            ...(environment.notify.some(({ kind }) => kind === 'email')
              ? { addresses: addressesOf(environment, message.to) }
              : {}),
          },
        },
      ]
    );
    for (const [channel, reason] of Object.entries(result.failed))
      log.warn('A channel did not take the message', { channel, reason });
    return { ...result, at: result.endedAt };
  } catch (error) {
    if (!isCancellation(error)) log.error('Nobody could be told', { title: message.title, error });
    const reason = error instanceof ActivityFailure ? failureText(error) : String(error);
    const failed = Object.fromEntries(environment.notify.map(({ name }) => [name, reason]));
    return { failed, ...(taken ? { taken } : {}) };
  }
}
