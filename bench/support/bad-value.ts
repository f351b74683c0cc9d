import { readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { now } from './clock.js';
import type { Rig } from './rig.js';

/** A metric that turns bad when it is told to, and is well again when the flag file is as it was. Times in epoch ms. */
export interface BadValue {
  /** The flag file as it was. */
  readonly before: string;
  /** When the source first gave the bad value. */
  readonly answered: number | undefined;
  /** When the flag file was as before again. */
  readonly putBack: number | undefined;
  /** From now on. */
  turnBad(): void;
  stop(): void;
}

export function badValue({ prometheus, flagsFile }: Rig): BadValue {
  const before = readFileSync(flagsFile, 'utf8');
  prometheus.asked.length = 0;
  let value = 1;
  let answered: number | undefined;
  let putBack: number | undefined;
  prometheus.value = () => value;
  prometheus.onAnswer = (_, given, at) => {
    if (given < 1) answered ??= at;
  };
  const watcher = watch(dirname(flagsFile), () => {
    const at = now();
    if (answered === undefined || putBack !== undefined || readFileSync(flagsFile, 'utf8') !== before) return;
    putBack = at;
    // What the rollback looks at afterwards is well again.
    value = 1;
  });
  return {
    before,
    get answered() {
      return answered;
    },
    get putBack() {
      return putBack;
    },
    turnBad() {
      value = 0.5;
    },
    stop() {
      watcher.close();
      prometheus.onAnswer = undefined;
    },
  };
}
