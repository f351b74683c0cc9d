import type { Tools } from '../deps.js';
import { discardJob, jobFiles, jobFolder, readJson, readText } from './job.js';
import type { JobResult } from './job.js';

type LookupTools = Pick<Tools, 'stateDir'>;

/** Whether a command with this key was begun on this host, whatever became of it. */
export async function wasBegun(scope: string, key: string, { stateDir }: LookupTools): Promise<boolean> {
  return (await readText(jobFiles(jobFolder(stateDir, scope, key)).record)) !== undefined;
}

/** Whether a command with this key ended with PASS. */
export async function hasPassed(scope: string, key: string, { stateDir }: LookupTools): Promise<boolean> {
  const result = await readJson<JobResult>(jobFiles(jobFolder(stateDir, scope, key)).result);
  return result?.verdict === 'PASS';
}

/** Forgets what is known of a command, so that it runs again. */
export async function forgetCommand(scope: string, key: string, { stateDir }: LookupTools): Promise<void> {
  await discardJob(jobFolder(stateDir, scope, key));
}
