import { randomUUID } from 'node:crypto';
import { chmod, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../clock.js';
import { fail, messageOf } from '../../fail.js';
import { withFileLock } from '../../file-lock.js';
import { syncFolder, writeDurably } from '../../durable.js';
import { evaluatorFor } from './evaluate.js';

/** A flagd file as it stands: its text, and its flags by key. */
export interface FlagFile {
  text: string;
  flags: Record<string, unknown>;
}

/** Somebody decided that this worker may not write. */
const refusals: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** How often an edit starts again because somebody who knows no lock wrote the file in between. */
const tries = 5;

/**
 * Reads a flagd file, accepted by the official evaluator.
 *
 * @throws PG301 when it cannot be read, PG312 when it is no flagd definition; both worth a retry, since somebody may
 *   just be writing it
 */
export async function readFlagFile(path: string): Promise<FlagFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw fail('PG301', `the flag file cannot be read: ${messageOf(error)}`, {
      where: path,
      hint: 'Check the path under flags in the environment, and its permissions.',
    });
  }
  return parseFlagFile(text, path);
}

/**
 * Changes a flagd file: `edit` gets it as it stands and gives the new text, or undefined for no change. Writers that
 * use this function wait for each other; the file is replaced whole, and only by one that the evaluator accepts.
 *
 * @param signal called off, nothing is written any more: the undo of a change that waited here may be done already
 * @returns whether it was changed
 * @throws as `readFlagFile`; PG303 when it cannot be written; the reason of the signal
 */
export async function editFlagFile(
  path: string,
  clock: Clock,
  edit: (file: FlagFile) => string | undefined,
  signal?: AbortSignal
): Promise<boolean> {
  await readFlagFile(path);
  // A link (as Kubernetes mounts its files) must go on pointing at the file.
  const real = await realpath(path);
  const locked = (held: string, where: string): Error =>
    fail('PG301', `the flag file ${held}`, {
      where,
      hint: 'Wait for who holds it; if nobody does, delete the lock file.',
    });
  const edited = async (): Promise<boolean> => {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const before = await readFlagFile(real);
      const text = edit(before);
      if (text === undefined || text === before.text) return false;
      parseFlagFile(text, path);
      signal?.throwIfAborted();
      if (await replace(real, before.text, text)) return true;
    }
    throw fail('PG313', 'somebody else keeps writing the flag file', { where: path, retryable: true });
  };
  return withFileLock(real, clock, edited, locked, signal);
}

function parseFlagFile(text: string, path: string): FlagFile {
  const refuse = (why: string): Error =>
    fail('PG312', `the flag file cannot be understood: ${why}`, { where: path, retryable: true });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw refuse(messageOf(error));
  }
  const flags: unknown = typeof document === 'object' && document !== null && 'flags' in document && document.flags;
  if (Array.isArray(flags)) throw refuse('"flags" is a list; it must be an object with a definition for each key');
  if (typeof flags !== 'object' || flags === null) throw refuse('it has no "flags"');
  try {
    evaluatorFor(text);
  } catch (error) {
    throw refuse(messageOf(error));
  }
  return { text, flags: flags as Record<string, unknown> };
}

/** False when the file is not what it was: then nothing is written. */
async function replace(path: string, expected: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const { mode } = await stat(path);
    await writeDurably(temporary, text);
    await chmod(temporary, mode);
    if ((await readFile(path, 'utf8')) !== expected) return false;
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    // What is not a matter of rights (a full disk, a file that is just replaced) may pass.
    const refused = error instanceof Error && 'code' in error && refusals.has(error.code);
    throw fail(refused ? 'PG303' : 'PG301', `the flag file cannot be written: ${messageOf(error)}`, {
      where: path,
      hint: refused
        ? 'Give the worker the right to write the file and its folder.'
        : 'Check the disk that the flag file is on.',
    });
  } finally {
    await rm(temporary, { force: true });
  }
}
