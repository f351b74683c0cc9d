import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Secrets } from '../secrets.js';

/** Kept of each stream: so much of its beginning and so much of its end, in bytes. */
const keepEach = 32 * 1024;
/** A command that writes more than this has the middle of its output thrown away while it runs. */
const trimAbove = 8 * 1024 * 1024;

/**
 * Beginning and end of an output file, scrubbed of secrets; what was left out between them is said. Missing: empty.
 * Scrubbing looks beyond the cut, so that no half of a secret is left at it.
 */
export function readOutput(path: string, secrets: Pick<Secrets, 'scrub' | 'longest'>): string {
  const head = existsSync(headOf(path)) ? readFileSync(headOf(path)) : undefined;
  if (!existsSync(path)) return '';
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const margin = secrets.longest() + 4;
    if (head === undefined && size <= 2 * keepEach) return secrets.scrub(readAt(file, 0, size).toString());
    const first = (head ?? readAt(file, 0, keepEach + margin)).toString();
    const start = Math.max(0, size - keepEach - margin);
    const last = readAt(file, start, size - start).toString();
    return `${secrets.scrub(first).slice(0, keepEach)}\n[… output left out …]\n${secrets.scrub(last).slice(-keepEach)}`;
  } finally {
    closeSync(file);
  }
}

/**
 * Keeps a running command from filling the disk: beyond 8 MiB only beginning and end stay. The command goes on
 * writing to the same file (opened for appending); lines written during the cut may be lost from the middle.
 */
export function trimOutput(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, 'a+');
  try {
    const { size } = fstatSync(file);
    if (size <= trimAbove) return;
    if (!existsSync(headOf(path))) writeFileSync(headOf(path), readAt(file, 0, 2 * keepEach), { mode: 0o600 });
    const end = readAt(file, size - 2 * keepEach, 2 * keepEach);
    ftruncateSync(file, 0);
    writeSync(file, end);
  } finally {
    closeSync(file);
  }
}

/** The file beside an output file that keeps its beginning once the middle was thrown away. */
export function headOf(path: string): string {
  return `${path}.head`;
}

/** The last lines of a text, at most `limit` characters, without escape sequences and control characters. */
export function lastLines(text: string, limit = 2_000): string {
  const plain = stripVTControlCharacters(text)
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .trimEnd();
  if (plain.length <= limit) return plain;
  const cut = plain.slice(-limit);
  const lineStart = cut.indexOf('\n') + 1;
  return cut.slice(lineStart);
}

function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const count = readSync(file, buffer, read, length - read, position + read);
    if (count === 0) break;
    read += count;
  }
  return buffer.subarray(0, read);
}
