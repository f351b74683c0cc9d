import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Clock } from '../../clock.js';
import { bootId, isAlive, startOf } from '../../commands/processes.js';
import { fail } from '../../fail.js';

/** Who holds a lock file. `nonce` tells two locks of one process apart. */
interface Holder {
  nonce: string;
  host: string;
  boot: string;
  pid: number;
  start: string;
}

const waitMs = 10_000;
const pollMs = 25;

/**
 * Runs `work` while nobody else of this machine's workers holds `<path>.lock`. The lock of a process that died is taken
 * over; one of another host is waited for.
 *
 * @throws PG301 (worth a retry) when it is not free within 10 seconds
 */
export async function withFileLock<T>(path: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  const until = clock.now() + waitMs;
  while (!(await acquire(lock))) {
    const holder = await readHolder(lock);
    if (holder !== undefined && isDead(holder)) await takeAway(lock, holder);
    if (clock.now() >= until) {
      throw fail('PG301', `the flag file is locked by process ${holder?.pid} of ${holder?.host}`, {
        where: lock,
        hint: 'Wait for that process; if there is none, delete the lock file.',
      });
    }
    await clock.sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** The lock appears with its content, whole: `link` fails when it is there. */
async function acquire(lock: string): Promise<boolean> {
  const holder: Holder = {
    nonce: randomUUID(),
    host: hostname(),
    boot: bootId(),
    pid: process.pid,
    start: startOf(process.pid) ?? '',
  };
  const temporary = `${lock}.${holder.nonce}`;
  await writeFile(temporary, JSON.stringify(holder), { flag: 'wx' });
  try {
    await link(temporary, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Removes the lock of a dead process. Only one process gets the right to (exclusive creation), and it looks again
 * before it acts: else two that saw the same dead lock could take away each other's new one.
 */
async function takeAway(lock: string, dead: Holder): Promise<void> {
  const right = `${lock}.taken-${dead.nonce}`;
  try {
    await writeFile(right, '', { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
  try {
    if ((await readHolder(lock))?.nonce === dead.nonce) await rm(lock);
  } finally {
    await rm(right, { force: true });
  }
}

async function readHolder(lock: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(lock, 'utf8')) as Holder;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isDead(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  return holder.boot !== bootId() || !isAlive(holder.pid, holder.start);
}
