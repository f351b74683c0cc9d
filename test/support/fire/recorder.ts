import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { spawnServer } from '../../../src/client/dev-server/index.js';
import { GrowingLines } from './growing-lines.js';
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
  /** Each flag's definition as a text, with the definition. */
  flags: ReadonlyMap<string, { text: string; definition: unknown }>;
  /** The flags were the same before it. */
  idle: boolean;
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
  const states = new GrowingLines<FileState>(record, (line, before) => fileState(line, before.at(-1)));
  const isUpToDate = (): boolean => states.all().at(-1)?.inode === String(statSync(flagsFile, { bigint: true }).ino);
  return {
    statesOf(key, say = sayAll) {
      const definitions = states.all().map(({ at, flags }) => ({ at, of: flags.get(key) }));
      const became = definitions.filter(
        ({ of }, index) => index === 0 || of?.text !== definitions[index - 1]?.of?.text
      );
      return became.map(({ at, of }) => ({ at, state: say(of?.definition) }));
    },
    idleWrites: () => states.all().flatMap(({ idle, at }) => (idle ? [at] : [])),
    count: () => states.all().length,
    caughtUp: async () => void (await until('the last flag file', () => Promise.resolve(isUpToDate()), 10)),
    holes: () =>
      states.all().flatMap(({ missed, at }) => (missed ? [`a state of the flag file before ${at} was missed`] : [])),
    stop: () => recorder.stop(),
  };
}

function fileState(line: string, before: FileState | undefined): FileState {
  const { text, ...seen } = JSON.parse(line) as Pick<FileState, 'at' | 'inode' | 'missed'> & { text: string };
  const written = Object.entries((JSON.parse(text) as { flags: Record<string, unknown> }).flags);
  // Most flags are as they were: kept once, a thousand states of hundreds of flags fit into memory.
  const flags = new Map(
    written.map(([key, definition]) => {
      const known = before?.flags.get(key);
      const said = sayAll(definition);
      return [key, known?.text === said ? known : { text: said, definition }];
    })
  );
  return { ...seen, flags, idle: before !== undefined && isDeepStrictEqual([...flags], [...before.flags]) };
}

/** A definition as a text; one that is not there too. */
function sayAll(definition: unknown): string {
  return JSON.stringify(definition) ?? 'gone';
}
