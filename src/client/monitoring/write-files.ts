import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PhasegateError } from '../../plan/errors.js';

/** What phasegate wrote into a folder: path below it -> digest. So it knows its own files again. */
const manifestName = '.phasegate-render.json';

/**
 * Refuses files that are there and are not as phasegate wrote them, before any work is done for them.
 *
 * @throws PhasegateError PG420 naming them, unless `force`
 */
export function refuseForeign(folder: string, names: readonly string[], force: boolean): void {
  const known = readManifest(folder);
  const foreign = names.filter((name) => {
    const file = path.join(folder, name);
    return existsSync(file) && (force ? !isFile(file) : digestOfFile(file) !== known[name]);
  });
  if (foreign.length === 0) return;
  const files = foreign.map((name) => path.join(folder, name)).join(', ');
  if (force) throw new PhasegateError('PG414', `${files}: there is something else than a file`, { where: folder });
  throw new PhasegateError('PG420', `not written by phasegate, or changed since: ${files}`, { where: folder });
}

/**
 * Writes all files, or none: they are written aside first and then moved into their places; when that cannot be done
 * for one of them, those that were moved are put back.
 *
 * @throws PhasegateError PG420 as above, PG414 when something cannot be written
 */
export function writeAll(folder: string, files: ReadonlyMap<string, string>, force: boolean): void {
  refuseForeign(folder, [...files.keys()], force);
  const manifest = Object.fromEntries([...files].map(([name, text]) => [name, digestOf(text)]));
  const all = new Map([
    ...files,
    [manifestName, `${JSON.stringify({ schemaVersion: 1, files: manifest }, null, 2)}\n`],
  ]);
  const made = firstMissing(folder);
  let aside: string | undefined;
  const undo: Array<() => void> = [];
  try {
    mkdirSync(folder, { recursive: true });
    aside = mkdtempSync(path.join(folder, '.phasegate-writing-'));
    for (const [name, text] of all) put(path.join(aside, 'new', name), text);
    for (const name of all.keys()) undo.push(move(folder, aside, name));
  } catch (error) {
    for (const back of undo.toReversed()) back();
    if (made !== undefined && existsSync(made)) rmSync(made, { recursive: true, force: true });
    throw new PhasegateError('PG414', (error as Error).message, {
      where: folder,
      hint: 'Nothing was written. Choose another folder with --out DIR.',
      cause: error,
    });
  } finally {
    if (aside !== undefined) rmSync(aside, { recursive: true, force: true });
  }
}

function put(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Moves one file into its place; returns how that is taken back. */
function move(folder: string, aside: string, name: string): () => void {
  const file = path.join(folder, name);
  const before = existsSync(file) ? path.join(aside, 'old', name) : undefined;
  const made = firstMissing(path.dirname(file));
  mkdirSync(path.dirname(file), { recursive: true });
  if (before !== undefined) {
    mkdirSync(path.dirname(before), { recursive: true });
    renameSync(file, before);
  }
  const back = (): void => {
    if (before === undefined) rmSync(file, { force: true });
    else renameSync(before, file);
    if (made !== undefined && existsSync(made)) rmSync(made, { recursive: true, force: true });
  };
  try {
    renameSync(path.join(aside, 'new', name), file);
  } catch (error) {
    back();
    throw error;
  }
  return back;
}

/** The outermost folder on the way that is not there yet. */
function firstMissing(folder: string): string | undefined {
  if (existsSync(folder)) return undefined;
  return firstMissing(path.dirname(folder)) ?? folder;
}

function readManifest(folder: string): Record<string, string> {
  try {
    const read = JSON.parse(readFileSync(path.join(folder, manifestName), 'utf8')) as { files?: unknown };
    return typeof read.files === 'object' && read.files !== null ? (read.files as Record<string, string>) : {};
  } catch {
    return {};
  }
}

function digestOfFile(file: string): string | undefined {
  try {
    return digestOf(readFileSync(file));
  } catch {
    return undefined;
  }
}

function isFile(file: string): boolean {
  return digestOfFile(file) !== undefined;
}

function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
