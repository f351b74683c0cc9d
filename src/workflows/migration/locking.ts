import { ActivityFailure } from '@temporalio/workflow';
import { lockKeys } from '../../plan/names.js';
import { failureText } from '../phase/attempt.js';
import { takeLocks } from '../take-locks.js';
import type { MigrationRecord } from './record.js';

/** Locks the plan and everything that it moves. Returns why not, in words, when somebody else holds one of them. */
export async function lock(record: MigrationRecord): Promise<string | undefined> {
  const { run, frozen } = record;
  try {
    const refusal = await takeLocks(frozen.environment.id, run, lockKeys(frozen.plan));
    if (refusal === undefined) record.locked();
    return refusal;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    // They may have been granted all the same: then they are given back at the end.
    record.locked();
    return `nobody could establish whether its locks were granted (${failureText(error)})`;
  }
}
