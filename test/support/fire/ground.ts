import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployTarget } from '../../../src/plan/model.js';
import { standIn } from '../servers/scratch.js';
import { span } from '../stage/plans.js';
import { GrowingLines } from './growing-lines.js';
import { recordFlags, type FlagRecorder } from './recorder.js';

/** The target systems of fire tests: a flag file whose every state is recorded, and a deployer that keeps a journal. */
export interface Ground {
  folder: string;
  flagsFile: string;
  deploy: Record<string, DeployTarget>;
  /** The argv of a check that goes by this name: PASS, unless told otherwise. */
  probe(name: string): string[];
  /** What that check does from now on; "waits" until it is told something else. */
  tellProbe(name: string, what: 'passes' | 'fails' | 'holds' | 'waits'): void;
  /** Whether that check has begun at least once. */
  isProbed(name: string): boolean;
  /** From now on this command of a target waits in its middle, before or after its effect, until it is let go. */
  hold(command: HeldCommand): void;
  letGo(command: HeldCommand): void;
  /** Whether the undo of this target fails before it does anything. */
  failUndo(target: string, fails: boolean): void;
  /** What the deployer wrote down so far. */
  journal(): readonly JournalLine[];
  recorder: FlagRecorder;
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

/** `deploy read TARGET`, `deploy apply|undo TARGET REVISION`: what it does, it writes down itself; a command that is to fail did nothing. */
const deployer = `
cd "$(dirname "$0")" || exit 3
if [ "$1" = read ]; then exec cat "revision-$2"; fi
from=$(cat "revision-$2")
note() {
  printf '{"what":"%s","verb":"%s","target":"%s","revision":"%s","from":"%s","key":"%s","pid":%s,"at":%s}\\n' \\
    "$1" "$2" "$3" "$4" "$from" "$PHASEGATE_IDEMPOTENCY_KEY" "$$" "$(date +%s%3N)" >> journal
}
[ ! -e "fail-$1-$2" ] || exit 1
note begin "$@"
while [ -e "hold-before-$1-$2" ]; do sleep 0.05; done
echo "$3" > "revision-$2.new" && mv "revision-$2.new" "revision-$2"
note effect "$@"
while [ -e "hold-after-$1-$2" ]; do sleep 0.05; done
note end "$@"
`;

/** `probe NAME`: exits with 0, with 1 while it is told to fail, or with 3 ("could not find out") while it is told to hold. */
const prober = `
cd "$(dirname "$0")" || exit 3
touch "probed-$1"
while [ -e "probe-waits-$1" ]; do sleep 0.05; done
[ ! -e "probe-holds-$1" ] || exit 3
[ ! -e "probe-fails-$1" ] || exit 1
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
  const probe = standIn(at('probe'), prober);
  const recorder = await recordFlags(flagsFile, at('flag-states'));
  const journal = new GrowingLines(at('journal'), (line) => JSON.parse(line) as JournalLine);
  const holding = ({ verb, target, when }: HeldCommand): string => at(`hold-${when}-${verb}-${target}`);
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
    probe: (name) => [probe, name],
    tellProbe(name, what) {
      for (const other of ['waits', 'holds', 'fails']) rmSync(at(`probe-${other}-${name}`), { force: true });
      if (what !== 'passes') writeFileSync(at(`probe-${what}-${name}`), '');
    },
    isProbed: (name) => existsSync(at(`probed-${name}`)),
    hold: (command) => writeFileSync(holding(command), ''),
    letGo: (command) => rmSync(holding(command), { force: true }),
    failUndo(target, fails) {
      if (fails) writeFileSync(at(`fail-undo-${target}`), '');
      else rmSync(at(`fail-undo-${target}`), { force: true });
    },
    journal: () => journal.all(),
    recorder,
    close: () => recorder.stop(),
  };
}
