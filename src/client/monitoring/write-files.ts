import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { PhasegateError } from '../../plan/errors.js';

/** What phasegate wrote into a folder: path below it -> digest. So it knows its own files again. */
const manifestName = '.phasegate-render.json';

/**
 * Refuses files that are there and are not as phasegate wrote them, and what is no folder, before any work is done for them.
 *
 * @throws PhasegateError PG420 naming them, unless `force`; PG414 where none can be written
 */
export function refuseForeign(folder: string, names: readonly string[], force: boolean): void {
  if (folder.trim() === '') throw cannotWrite('"" is the name of no folder', folder);
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw cannotWrite(`${folder} is something else than a folder`, folder);
  const there = [...names, manifestName].filter((name) => isThere(path.join(folder, name)));
  const odd = there.filter((name) => !isFile(path.join(folder, name)));
  if (odd.length > 0) throw cannotWrite(`${listed(folder, odd)}: there is something else than a file`, folder);
  const known = readManifest(folder);
  const foreign = there.filter(
    (name) => name !== manifestName && digestOfFile(path.join(folder, name)) !== known[name]
  );
  if (foreign.length === 0 || force) return;
  throw new PhasegateError('PG420', `not written by phasegate, or changed since: ${listed(folder, foreign)}`, {
    where: folder,
  });
}

function listed(folder: string, names: readonly string[]): string {
  return names.map((name) => path.join(folder, name)).join(', ');
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
    makeFolder(folder);
    aside = mkdtempSync(path.join(folder, '.phasegate-writing-'));
    for (const [name, text] of all) put(path.join(aside, 'new', name), text);
    for (const name of all.keys()) undo.push(move(folder, aside, name));
  } catch (error) {
    for (const back of undo.toReversed()) back();
    if (made !== undefined && existsSync(made)) rmSync(made, { recursive: true, force: true });
    throw cannotWrite(whyNot(error as NodeJS.ErrnoException), folder, error);
  } finally {
    if (aside !== undefined) rmSync(aside, { recursive: true, force: true });
  }
}

function cannotWrite(what: string, folder: string, cause?: unknown): PhasegateError {
  return new PhasegateError('PG414', what, {
    where: `--out ${folder}`,
    hint: 'Nothing was written. Name a folder that you may write to, or one that is not there yet: --out DIR.',
    cause,
  });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'nobody may write there',
  EROFS: 'what is mounted there is read-only',
  // Of a folder that is there.
  ENOENT: 'what is mounted there takes no new files',
  ENOSPC: 'no space is left there',
  EDQUOT: 'your share of the space there is used up',
  ENOTDIR: 'something on the way is no folder',
  EEXIST: 'something that is no folder is in the way',
  ENAMETOOLONG: 'the name is too long',
};

function whyNot(error: NodeJS.ErrnoException): string {
  const why = reasons[error.code ?? ''];
  return why === undefined ? error.message : `${why} (${error.message})`;
}

/** As Node does with `recursive`, which never returns where a folder is there and takes none: /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder);
}

function put(file: string, text: string): void {
  makeFolder(path.dirname(file));
  writeFileSync(file, text);
}

/** Moves one file into its place; returns how that is taken back. */
function move(folder: string, aside: string, name: string): () => void {
  const file = path.join(folder, name);
  const before = isThere(file) ? path.join(aside, 'old', name) : undefined;
  const made = firstMissing(path.dirname(file));
  makeFolder(path.dirname(file));
  if (before !== undefined) {
    makeFolder(path.dirname(before));
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
  const text = looked(() => readFileSync(path.join(folder, manifestName), 'utf8')) ?? '';
  const files = looked(() => (JSON.parse(text) as { files?: unknown } | null)?.files);
  return typeof files === 'object' && files !== null ? (files as Record<string, string>) : {};
}

function digestOfFile(file: string): string | undefined {
  return looked(() => digestOf(readFileSync(file)));
}

/** A link that leads nowhere is there too. */
function isThere(file: string): boolean {
  return looked(() => lstatSync(file)) !== undefined;
}

/** One that can be read to its end: a pipe would be waited for, for ever. */
function isFile(file: string): boolean {
  return looked(() => statSync(file))?.isFile() === true;
}

function looked<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
