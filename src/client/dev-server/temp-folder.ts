import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import path from 'node:path';

/** `purpose-place-pid-random` */
const ownName = /^[a-z-]+-(?<place>[0-9a-f]{6})-(?<pid>\d+)-\w{6}$/;
const swept = new Set<string>();

/**
 * A new folder for what one process needs while it lives. Its creator removes it; what a killed one left is removed by
 * the next process that asks for a folder. All lie in one folder of the user, below that of temporary files.
 *
 * @param purpose lower-case letters and dashes
 */
export function tempFolder(purpose: string, parent = usualParent()): string {
  // Others may pass through to a folder that was given to them, such as that of a database, and see nothing else.
  mkdirSync(parent, { recursive: true, mode: 0o711 });
  if (!isOwn(parent)) return mkdtempSync(path.join(tmpdir(), `phasegate-${purpose}-`));
  if (!swept.has(parent)) {
    swept.add(parent);
    sweep(parent);
  }
  return mkdtempSync(path.join(parent, `${purpose}-${place()}-${process.pid}-`));
}

function usualParent(): string {
  return path.join(realpathSync(tmpdir()), `phasegate-${userName().replaceAll(/\W/g, '_')}`);
}

/** In a container a user may have a number and no name. */
export function userName(info: () => { username: string } = userInfo): string {
  try {
    return info().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

/** In a folder for everybody, somebody else may have taken the name. */
function isOwn(folder: string): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid);
}

/** Removes the folders of processes that are gone; those of another machine or container are not ours to judge. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const { place: where, pid } = ownName.exec(name)?.groups ?? {};
    if (where !== place() || isAlive(Number(pid))) continue;
    try {
      rmSync(path.join(parent, name), { recursive: true, force: true });
    } catch {
      // Somebody else sweeps it at the same time, or a server of the dead process still writes: the next one has it.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Process ids mean something only on one machine, and in one container of it. */
function place(): string {
  return createHash('sha256').update(`${hostname()} ${pidSpace()}`).digest('hex').slice(0, 6);
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has several.
    return '';
  }
}
