import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { spawnServer } from '../../../src/client/dev-server/index.js';
import type { DeployTarget } from '../../../src/plan/model.js';
import { standIn } from '../servers/scratch.js';
import { span } from '../stage/plans.js';

/** The target systems of fire tests: a flag file whose every state is recorded, and a deployer that keeps a journal. */
export interface Ground {
  folder: string;
  flagsFile: string;
  deploy: Record<string, DeployTarget>;
  /** From now on this command of a target waits in its middle, before or after its effect, until it is let go. */
  hold(command: HeldCommand): void;
  letGo(command: HeldCommand): void;
  /** What the deployer wrote down so far. */
  journal(): JournalLine[];
  /** What the recorder wrote down so far. */
  flagStates(): FlagFileState[];
  /** Whether the recorder has seen the present flag file. */
  isRecorded(): boolean;
  revision(target: string): string;
  close(): Promise<void>;
}

export interface HeldCommand {
  verb: 'apply' | 'undo';
  target: string;
  when: 'before' | 'after';
}

export interface JournalLine {
  what: 'begin' | 'effect' | 'end';
  verb: 'apply' | 'undo';
  target: string;
  revision: string;
  /** The revision that the command found. */
  from: string;
  key: string;
  pid: number;
  /** Epoch ms. */
  at: number;
}

export interface FlagFileState {
  at: number;
  inode: string;
  /** A state before this one was missed. */
  missed: boolean;
  text: string;
}

/** `deploy read TARGET`, `deploy apply|undo TARGET REVISION`: what it does, it writes down itself. */
const deployer = `
cd "$(dirname "$0")" || exit 3
if [ "$1" = read ]; then exec cat "revision-$2"; fi
from=$(cat "revision-$2")
note() {
  printf '{"what":"%s","verb":"%s","target":"%s","revision":"%s","from":"%s","key":"%s","pid":%s,"at":%s}\\n' \\
    "$1" "$2" "$3" "$4" "$from" "$PHASEGATE_IDEMPOTENCY_KEY" "$$" "$(date +%s%3N)" >> journal
}
note begin "$@"
while [ -e "hold-before-$1-$2" ]; do sleep 0.05; done
echo "$3" > "revision-$2.new" && mv "revision-$2.new" "revision-$2"
note effect "$@"
while [ -e "hold-after-$1-$2" ]; do sleep 0.05; done
note end "$@"
`;

/** Prepares the targets below `folder`; every flag is off and every target runs `v1`. */
export async function openGround(folder: string, targets: { flags: string[]; deploys: string[] }): Promise<Ground> {
  const at = (name: string): string => join(folder, name);
  mkdirSync(at('flags'), { recursive: true });
  const flagsFile = join(at('flags'), 'flags.json');
  const off = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
  writeFileSync(flagsFile, JSON.stringify({ flags: Object.fromEntries(targets.flags.map((key) => [key, off])) }));
  const script = standIn(at('deploy'), deployer);
  for (const target of targets.deploys) writeFileSync(at(`revision-${target}`), 'v1\n');
  const recorder = await spawnServer({
    name: 'flag recorder',
    command: process.execPath,
    args: [resolve('dist/test/support/fire/flag-recorder.js'), flagsFile, at('flag-states')],
    logFile: at('flag-recorder.log'),
    ready: { line: /recording/ },
  });
  const holding = ({ verb, target, when }: HeldCommand): string => at(`hold-${when}-${verb}-${target}`);
  const flagStates = (): FlagFileState[] => jsonLines(at('flag-states'));
  return {
    folder,
    flagsFile,
    deploy: Object.fromEntries(
      targets.deploys.map((target) => {
        const command = (verb: string): string[] => [script, verb, target, '{{revision}}'];
        return [
          target,
          { read: [script, 'read', target], apply: command('apply'), undo: command('undo'), timeout: span(120_000) },
        ];
      })
    ),
    hold: (command) => writeFileSync(holding(command), ''),
    letGo: (command) => rmSync(holding(command), { force: true }),
    journal: () => (existsSync(at('journal')) ? jsonLines(at('journal')) : []),
    flagStates,
    isRecorded: () => flagStates().at(-1)?.inode === String(statSync(flagsFile, { bigint: true }).ino),
    revision: (target) => readFileSync(at(`revision-${target}`), 'utf8').trim(),
    close: () => recorder.stop(),
  };
}

/** The whole lines of a file that is still being written. */
function jsonLines<T>(file: string): T[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as T);
}
