import { lockKeys } from '../../plan/names.js';
import { takeLocks } from '../take-locks.js';
import type { MigrationRecord } from './record.js';

/** Locks the plan and everything that it moves. Returns why not, in words, when somebody else holds one of them. */
export async function lock(record: MigrationRecord): Promise<string | undefined> {
  const { run, frozen } = record;
  const refusal = await takeLocks(frozen.environment.id, run, lockKeys(frozen.plan));
  if (refusal === undefined) record.locked();
  return refusal;
}
