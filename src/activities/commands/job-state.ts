import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { jobFiles, readJson, readText, voidClaim } from './job.js';
import type { JobFiles, JobRecord, JobResult } from './job.js';
import { bootId, isAlive, startFrom } from './processes.js';

/** What can be known of a command from its files alone, by whoever asks. */
export type JobState =
  | { kind: 'none' }
  /** Its result is recorded. */
  | { kind: 'finished'; record: JobRecord; result: JobResult }
  /** It ended, and nobody recorded a result yet. */
  | { kind: 'exited'; record: JobRecord; code: number }
  | { kind: 'running'; record: JobRecord; pid: number; start: string }
  /** Its wrapper did not begin, and will find the claim taken if it still does. */
  | { kind: 'void'; record: JobRecord }
  /** It began, is gone, and left no exit code. */
  | { kind: 'lost'; record: JobRecord; pid?: number; start?: string }
  /** Its wrapper did not begin yet (only who launched it sees this). */
  | { kind: 'unclaimed'; record: JobRecord }
  /** Another host started it; only that host can say more. */
  | { kind: 'elsewhere'; record: JobRecord };

/** Reads the state of a job, and takes the claim of one that did not begin: from then on it never will. */
export async function inspectJob(folder: string): Promise<JobState> {
  const files = jobFiles(folder);
  const record = await readJson<JobRecord>(files.record);
  if (record === undefined) return { kind: 'none' };
  const result = await readJson<JobResult>(files.result);
  if (result !== undefined) return { kind: 'finished', record, result };
  if (record.host !== hostname()) return { kind: 'elsewhere', record };
  if (await takeClaim(files)) return { kind: 'void', record };
  return inspectClaimed(files, record);
}

/** The state of a job whose claim is taken, by its wrapper or by somebody who called it off. */
export async function inspectClaimed(files: JobFiles, record: JobRecord): Promise<JobState> {
  const claim = await readClaim(files);
  if (claim === undefined) return { kind: 'unclaimed', record };
  if (claim === voidClaim) return { kind: 'void', record };
  const [, pidText, line] = /^(\d+) (.*)$/s.exec(claim) ?? [];
  const start = line === undefined ? undefined : startFrom(line);
  const pid = Number(pidText);
  // Alive first, exit code second: it is written before the process ends, so the order leaves no gap.
  const alive = start !== undefined && record.boot === bootId() && isAlive(pid, start);
  const exit = await readText(files.exit);
  if (exit?.endsWith('\n')) return { kind: 'exited', record, code: Number(exit) };
  if (alive) return { kind: 'running', record, pid, start };
  return start === undefined ? { kind: 'lost', record } : { kind: 'lost', record, pid, start };
}

/**
 * Whether nobody had claimed the job: exclusive creation decides between us and a wrapper that begins just now. Of one that
 * is gone there is nothing to claim.
 */
export async function takeClaim(files: JobFiles): Promise<boolean> {
  try {
    await writeFile(files.claim, `${voidClaim}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'ENOENT')) return false;
    throw error;
  }
}

/** The wrapper creates its claim and then fills it: between the two it is empty for an instant. */
async function readClaim(files: JobFiles): Promise<string | undefined> {
  for (let tries = 0; tries < 100; tries += 1) {
    const claim = await readText(files.claim);
    if (claim === undefined) return undefined;
    if (claim.endsWith('\n')) return claim.trim();
    await delay(20);
  }
  return '';
}
