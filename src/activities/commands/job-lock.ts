import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../clock.js';
import { fail } from '../fail.js';
import { withFileLock } from '../file-lock.js';
import { readJson, type JobFiles, type JobRecord } from './job.js';

/**
 * While it lasts no other attempt begins, forgets or calls off the command of this folder: else one that looked a moment
 * ago could forget what another has just begun, and run it a second time beside it.
 *
 * @throws PG320 (worth a retry) when another one keeps it for 10 seconds
 */
export async function withJob<T>(folder: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const scope = dirname(folder);
  // It is not there before the first command, nor where somebody emptied the state folder.
  await mkdir(scope, { recursive: true, mode: 0o700 });
  // A name with a dot is no job.
  const path = join(scope, `.${basename(folder)}`);
  return withFileLock(path, clock, work, (held, where) =>
    fail('PG320', `another attempt looks after the command: its folder ${held}`, { where })
  );
}

/** Whether the folder still is of this very start of the command, and not of a later one. */
export async function isOfThisStart(files: JobFiles, { id }: JobRecord): Promise<boolean> {
  const record = await readJson<JobRecord>(files.record);
  return record !== undefined && record.id === id;
}
