import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import type { Clock } from './clock.js';
import { bootId, isAlive, startOf } from './commands/processes.js';

/** Who holds a lock file. `nonce` tells two locks of one process apart. */
const holderText = z.object({
  nonce: z.string().min(1),
  host: z.string(),
  boot: z.string(),
  pid: z.number(),
  start: z.string(),
});

/** What a lock file says. One that says nothing was not written by a worker whole: a disk was full, a machine lost power. */
type Found =
  | { kind: 'held'; nonce: string; since: number; holder: z.infer<typeof holderText> }
  | { kind: 'damaged'; nonce: string; since: number }
  | { kind: 'unreadable'; nonce: undefined; reason: string };

const waitMs = 10_000;
/** No work under a lock takes that long: a host that still has one by then is gone, such as a container of another name. */
const longestHeldMs = 60_000;
const pollMs = 25;

/**
 * Runs `work` while nobody else of this machine's workers holds `<path>.lock`. The lock of a process that died is taken
 * over, and so is a damaged one that is older than 10 seconds; one of another host is waited for, and taken over after a minute.
 *
 * @param refusal what to throw when it is not free within 10 seconds: `held` says by whom it is held
 * @param signal ends the wait with its reason; work that has begun is not ended
 */
export async function withFileLock<T>(
  path: string,
  clock: Clock,
  work: () => Promise<T>,
  refusal: (held: string, lock: string) => Error,
  signal?: AbortSignal
): Promise<T> {
  const lock = `${path}.lock`;
  const until = clock.now() + waitMs;
  const nonce = randomUUID();
  while (!(await acquire(lock, nonce))) {
    const found = await look(lock);
    if (found !== undefined && isLeft(found, clock) && (await takeAway(lock, found.nonce, clock))) continue;
    if (clock.now() >= until) {
      throw refusal(`is locked${found === undefined ? '' : ` ${byWhom(found)}`}`, lock);
    }
    await clock.sleep(pollMs, signal);
  }
  try {
    return await work();
  } finally {
    // Where somebody emptied the folder meanwhile, the lock that is there may be another one's.
    if ((await look(lock))?.nonce === nonce) await rm(lock, { force: true });
  }
}

/** The lock appears with its content, whole: `link` fails when it is there. */
async function acquire(lock: string, nonce: string): Promise<boolean> {
  const holder: z.infer<typeof holderText> = {
    nonce,
    host: hostname(),
    boot: bootId(),
    pid: process.pid,
    start: startOf(process.pid) ?? '',
  };
  const temporary = `${lock}.${holder.nonce}`;
  try {
    await writeFile(temporary, JSON.stringify(holder), { flag: 'wx' });
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
 * Removes a lock that was left. Only one process gets the right to (exclusive creation), and it looks again before it
 * acts: else two that saw the same dead lock could take away each other's new one. The right is a lock too: that of a
 * process that died with it is taken away in the same manner.
 *
 * @returns whether it had the right
 */
async function takeAway(lock: string, nonce: string, clock: Clock): Promise<boolean> {
  const right = `${lock}.taken-${nonce}`;
  if (!(await acquire(right, randomUUID()))) {
    const other = await look(right);
    if (other !== undefined && isLeft(other, clock)) await takeAway(right, other.nonce, clock);
    return false;
  }
  try {
    if ((await look(lock))?.nonce === nonce) await rm(lock, { force: true });
    return true;
  } finally {
    await rm(right, { force: true });
  }
}

/** What stands at the path of a lock; undefined: nothing. */
async function look(lock: string): Promise<Found | undefined> {
  try {
    const [{ ino, mtimeMs }, text] = [await stat(lock), await readFile(lock, 'utf8')];
    const holder = holderText.safeParse(parsed(text));
    if (holder.success) return { kind: 'held', nonce: holder.data.nonce, since: mtimeMs, holder: holder.data };
    return { kind: 'damaged', nonce: `${ino}-${Math.floor(mtimeMs)}`, since: mtimeMs };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    return { kind: 'unreadable', nonce: undefined, reason: String(error.code) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A lock that cannot be opened may be that of a living worker of another user. */
function isLeft(found: Found, clock: Clock): found is Exclude<Found, { kind: 'unreadable' }> {
  if (found.kind === 'unreadable') return false;
  const age = clock.now() - found.since;
  if (found.kind === 'held') return isDead(found.holder) || (found.holder.host !== hostname() && age > longestHeldMs);
  return age > waitMs;
}

function byWhom(found: Found): string {
  if (found.kind === 'held') return `by process ${found.holder.pid} of ${found.holder.host}`;
  return found.kind === 'damaged'
    ? 'by a lock file that does not say whose it is'
    : `by something that cannot be read: ${found.reason}`;
}

function isDead(holder: z.infer<typeof holderText>): boolean {
  if (holder.host !== hostname()) return false;
  return holder.boot !== bootId() || !isAlive(holder.pid, holder.start);
}
