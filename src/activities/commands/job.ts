import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Verdict } from '../../plan/judge-types.js';
import { syncFolder, writeDurably } from '../durable.js';
import { bootId } from './processes.js';

/** What is written down before a command starts. */
export interface JobRecord {
  /** Of this start, which another one with the same key does not have; absent where an earlier build wrote it. */
  id?: string;
  key: string;
  argv: string[];
  host: string;
  boot: string;
  /** Epoch ms; the time limit counts from here, also for who adopts the command. */
  startedAt: number;
  timeoutMs: number;
}

/** How a command ended, as it is told to everybody who asks for it again. */
export interface JobResult {
  verdict: Verdict;
  /** One line: what it did or why nobody knows. */
  reason: string;
  exitCode?: number;
  /** Bounded, scrubbed of secrets. */
  stdout: string;
  stderr: string;
  startedAt: number;
  endedAt: number;
  /** False when the program never ran. */
  ran: boolean;
}

/** The lock file of a command is a folder: one per idempotency key, below one folder per scope. */
export interface JobFiles {
  folder: string;
  record: string;
  /** Written by the wrapper before the command runs: its number and start time. */
  claim: string;
  /** Written by the wrapper after the command: its exit code. */
  exit: string;
  result: string;
  stdout: string;
  stderr: string;
}

/** What the claim says when the command must not run any more. */
export const voidClaim = 'void';

export function scopeFolder(stateDir: string, scope: string): string {
  return join(stateDir, 'commands', `${scope.replaceAll(/[^A-Za-z0-9.-]+/g, '_').slice(0, 60)}-${hash(scope, 8)}`);
}

export function jobFiles(folder: string): JobFiles {
  const at = (name: string): string => join(folder, name);
  return {
    folder,
    record: at('job.json'),
    claim: at('claim'),
    exit: at('exit'),
    result: at('result.json'),
    stdout: at('stdout'),
    stderr: at('stderr'),
  };
}

export function jobFolder(stateDir: string, scope: string, key: string): string {
  return join(scopeFolder(stateDir, scope), hash(key, 32));
}

/** The folders of all jobs of a scope. */
export async function jobsOf(stateDir: string, scope: string): Promise<string[]> {
  const folder = scopeFolder(stateDir, scope);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await readdir(folder);
  return names.filter((name) => !name.startsWith('.')).map((name) => join(folder, name));
}

export function newRecord(key: string, argv: string[], startedAt: number, timeoutMs: number): JobRecord {
  return { id: randomUUID(), key, argv, host: hostname(), boot: bootId(), startedAt, timeoutMs };
}

/** Creates a job whole (a folder that is renamed into place), with its result if it must never run. False: it exists. */
export async function createJob(folder: string, record: JobRecord, result?: JobResult): Promise<boolean> {
  const temporary = join(folder, '..', `.${randomUUID()}`);
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    await writeDurably(jobFiles(temporary).record, JSON.stringify(record), 0o600);
    if (result !== undefined) {
      await writeDurably(jobFiles(temporary).result, JSON.stringify(result), 0o600);
    }
    await syncFolder(temporary);
    await rename(temporary, folder);
    await syncFolder(dirname(folder));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST'))
      return false;
    throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Records how a job ended and drops its raw output. The first result stays: it may have been acted on already. */
export async function writeResult(files: JobFiles, result: JobResult): Promise<JobResult> {
  const earlier = await readJson<JobResult>(files.result);
  if (earlier !== undefined) return earlier;
  const temporary = `${files.result}.${randomUUID()}`;
  await writeDurably(temporary, JSON.stringify(result), 0o600);
  await rename(temporary, files.result);
  await syncFolder(files.folder);
  const raw = [files.stdout, files.stderr].flatMap((path) => [path, `${path}.head`]);
  await Promise.all(raw.map((path) => rm(path, { force: true })));
  return result;
}

/** Forgets a job. Out of the way first, so that nobody finds half of one. */
export async function discardJob(folder: string): Promise<void> {
  const aside = join(folder, '..', `.${randomUUID()}`);
  try {
    await rename(folder, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

/** The content of a JSON file that only this folder writes, whole or not at all; undefined when it is not there. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readText(path);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function hash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
