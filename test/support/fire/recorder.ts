import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { spawnServer } from '../../../src/client/dev-server/index.js';
import type { Moment } from './model/account.js';
import { until } from './until.js';

/** Every state that a flag file ever had, written down by a process that does nothing else. */
export interface FlagRecorder {
  /** The definitions that one flag had, one after the other, in the words of `say`: a text of its own for each. */
  statesOf(key: string, say?: (definition: unknown) => string): Moment[];
  /** When the file was replaced by one with the same flags (epoch ms): written, though there was nothing to write. */
  idleWrites(): number[];
  /** How many states of the whole file there were so far. */
  count(): number;
  /** Waits until the present file was seen: then so was everything before it. */
  caughtUp(): Promise<void>;
  /** Why something may be missing. */
  holes(): string[];
  stop(): Promise<void>;
}

interface FileState {
  /** Epoch ms. */
  at: number;
  inode: string;
  /** A state before this one was missed. */
  missed: boolean;
  text: string;
}

/** @param record where the states are written down; its name is that of a file which is not there yet */
export async function recordFlags(flagsFile: string, record: string): Promise<FlagRecorder> {
  const recorder = await spawnServer({
    name: 'flag recorder',
    command: process.execPath,
    args: [resolve('dist/test/support/fire/flag-recorder.js'), flagsFile, record],
    logFile: `${record}.log`,
    ready: { line: /recording/ },
  });
  const states = (): FileState[] => jsonLines(record);
  const isUpToDate = (): boolean => {
    const last = jsonLines<FileState>(record, -1).at(-1);
    return last?.inode === String(statSync(flagsFile, { bigint: true }).ino);
  };
  return {
    statesOf(key, say = sayAll) {
      const definitions = states().map(({ at, text }) => ({ at, definition: flagsIn(text)[key] }));
      const became = definitions.filter(
        ({ definition }, index) => index === 0 || sayAll(definition) !== sayAll(definitions[index - 1]?.definition)
      );
      return became.map(({ at, definition }) => ({ at, state: say(definition) }));
    },
    idleWrites() {
      const all = states().map(({ at, text }) => ({ at, flags: sayAll(flagsIn(text)) }));
      return all.filter(({ flags }, index) => flags === all[index - 1]?.flags).map(({ at }) => at);
    },
    count: () => states().length,
    caughtUp: async () => void (await until('the last flag file', () => Promise.resolve(isUpToDate()), 10)),
    holes() {
      const missed = states().filter((state) => state.missed);
      return missed.map(({ at }) => `a state of the flag file before ${at} was missed`);
    },
    stop: () => recorder.stop(),
  };
}

function flagsIn(text: string): Record<string, unknown> {
  return (JSON.parse(text) as { flags: Record<string, unknown> }).flags;
}

/** A definition as a text; one that is not there too. */
function sayAll(definition: unknown): string {
  return JSON.stringify(definition) ?? 'gone';
}

/** The whole lines of a file that is still being written, from this one on. */
export function jsonLines<T>(file: string, from = 0): T[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.slice(from).map((line) => JSON.parse(line) as T);
}
