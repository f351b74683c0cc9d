import { paintFor, type Paint } from '../render/paint.js';
import { clip } from '../render/width.js';

/** Where a command reads and writes. Answers go to `out`; progress, questions and warnings to `err`. */
export interface Io {
  out: NodeJS.WriteStream;
  err: NodeJS.WriteStream;
  in: NodeJS.ReadStream;
  env: NodeJS.ProcessEnv;
  now: () => number;
}

export function processIo(): Io {
  return { out: process.stdout, err: process.stderr, in: process.stdin, env: process.env, now: () => Date.now() };
}

/** How to colour what is written to a stream. */
export function paintOn(io: Io, stream: NodeJS.WriteStream, never: boolean): Paint {
  return paintFor({ never, env: io.env, isTTY: stream.isTTY === true });
}

/** Whether lines can be drawn over each other there. */
export function canRedraw({ env }: Io, { isTTY }: Pick<NodeJS.WriteStream, 'isTTY'>): boolean {
  return isTTY === true && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === '';
}

/** The width to write for; pipes get one that reads well in a log. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY === true && stream.columns > 0 ? Math.min(stream.columns, 140) : 120;
}

/** Lines cut to the width of a terminal, so that a table stays one; a pipe, and one that tells no width, gets them whole. */
export function fitting(
  lines: readonly string[],
  { isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>
): string[] {
  return isTTY === true && columns > 0 ? lines.map((line) => clip(line, columns)) : [...lines];
}
