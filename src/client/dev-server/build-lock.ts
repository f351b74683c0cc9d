import { open, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const BEAT_EVERY_MS = 5_000;
const STALE_AFTER_MS = 30_000;
const LOOK_EVERY_MS = 500;

/**
 * Runs `work` while holding a lock file, so that two processes do not build the same thing at once.
 *
 * The holder touches the file every 5 seconds. One that was not touched for 30 is taken over: its holder died.
 *
 * @param onWait - called once when another process holds the lock
 */
export async function withBuildLock<T>(file: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  let waited = false;
  while (!(await acquire(file))) {
    if (!waited) {
      waited = true;
      onWait();
    }
    await delay(LOOK_EVERY_MS);
  }
  const beat = setInterval(() => {
    const now = new Date();
    // A lock that somebody removed is not ours to restore; the finished build is moved into place atomically anyway.
    utimes(file, now, now).catch(() => {});
  }, BEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(file, { force: true });
  }
}

async function acquire(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
  const age = await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0
  );
  if (age > STALE_AFTER_MS) {
    await rm(file, { force: true });
  }
  return false;
}
