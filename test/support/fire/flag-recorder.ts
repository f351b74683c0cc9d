import { appendFileSync, closeSync, fstatSync, openSync, readFileSync, watch } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename, dirname } from 'node:path';

/**
 * A process that writes down every state that a flag file ever has: `node flag-recorder.js FILE RECORD`. The file is
 * always replaced whole, so each replacement is one event and brings a new inode; an event that finds the inode of the
 * event before came too late for a state, and the record says so.
 */
const [file, record] = process.argv.slice(2);
if (file === undefined || record === undefined) throw new Error('usage: flag-recorder FILE RECORD');

try {
  // Two writes may be 30 ms apart: whoever looks must not wait for a processor.
  setPriority(constants.priority.PRIORITY_HIGHEST);
} catch {
  // Only root may.
}

let inode = 0n;

function take(path: string, to: string): void {
  const open = openSync(path, 'r');
  try {
    const { ino, mtimeNs } = fstatSync(open, { bigint: true });
    const missed = ino === inode;
    inode = ino;
    const at = Number(mtimeNs / 1000n) / 1000;
    appendFileSync(to, `${JSON.stringify({ at, inode: String(ino), missed, text: readFileSync(open, 'utf8') })}\n`);
  } finally {
    closeSync(open);
  }
}

watch(dirname(file), (event, name) => {
  if (event === 'rename' && name === basename(file)) take(file, record);
});
take(file, record);
process.stdout.write('recording\n');
