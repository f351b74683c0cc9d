import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

const newline = 0x0a;

/**
 * The whole lines of a file that others still write at its end, each read and understood once: a test that looks ten times
 * a second at megabytes is late for everything else that it does.
 */
export class GrowingLines<T> {
  private readonly file: string;
  private readonly understand: (line: string, before: readonly T[]) => T;
  private readonly known: T[] = [];
  private offset = 0;

  /** @param understand gets what the lines before it became, too */
  constructor(file: string, understand: (line: string, before: readonly T[]) => T) {
    this.file = file;
    this.understand = understand;
  }

  /** All lines so far; none while the file is not there. */
  all(): readonly T[] {
    const added = existsSync(this.file) ? this.added() : Buffer.alloc(0);
    const end = added.lastIndexOf(newline) + 1;
    this.offset += end;
    for (const line of added.toString('utf8', 0, end).split('\n').slice(0, -1))
      this.known.push(this.understand(line, this.known));
    return this.known;
  }

  private added(): Buffer {
    const open = openSync(this.file, 'r');
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(open).size - this.offset));
      return bytes.subarray(0, readSync(open, bytes, 0, bytes.length, this.offset));
    } finally {
      closeSync(open);
    }
  }
}
