import type { Tools } from '../deps.js';
import type { Scope } from '../scope.js';
import { begunElsewhere } from './begun.js';
import { discardJob, jobFiles, jobFolder, readJson, readText } from './job.js';
import type { JobResult } from './job.js';
import { withJob } from './job-lock.js';

type LookupTools = Pick<Tools, 'stateDir'>;

/** Whether a command with this key was begun, on this host or by an earlier attempt on another, whatever became of it. */
export async function wasBegun(
  scope: string,
  key: string,
  { stateDir }: LookupTools,
  attempt: Scope
): Promise<boolean> {
  if (begunElsewhere(attempt, key) !== undefined) return true;
  return (await readText(jobFiles(jobFolder(stateDir, scope, key)).record)) !== undefined;
}

/** Whether a command with this key ended with PASS. */
export async function hasPassed(scope: string, key: string, { stateDir }: LookupTools): Promise<boolean> {
  const result = await readJson<JobResult>(jobFiles(jobFolder(stateDir, scope, key)).result);
  return result?.verdict === 'PASS';
}

/** Forgets how a command ended, so that it runs again. One that another attempt has begun anew since goes on. */
export async function forgetCommand(
  scope: string,
  key: string,
  { stateDir, clock }: Pick<Tools, 'stateDir' | 'clock'>
): Promise<void> {
  const folder = jobFolder(stateDir, scope, key);
  await withJob(folder, clock, async () => {
    if ((await readText(jobFiles(folder).result)) !== undefined) await discardJob(folder);
  });
}
