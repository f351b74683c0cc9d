import { constants } from 'node:os';
import type { Verdict } from '../../plan/judge-types.js';

/** What an exit code means for a gate: only a code that measured badness is FAIL; what could not find out is HOLD. */
export interface ExitVerdict {
  verdict: Verdict;
  meaning: string;
}

/** 3 and EX_TEMPFAIL: by convention of plans, "could not find out". */
const couldNotFindOut = [3, 75];
/** What a shell and `env` say when there was nothing to run. */
const couldNotStart = [126, 127];

export function judgeExit(code: number): ExitVerdict {
  if (code === 0) return { verdict: 'PASS', meaning: 'exited with 0' };
  if (couldNotFindOut.includes(code)) return { verdict: 'HOLD', meaning: couldNot(code) };
  if (couldNotStart.includes(code)) return { verdict: 'HOLD', meaning: `could not be started (exit ${code})` };
  const signal = signalName(code - 128);
  if (signal !== undefined) return { verdict: 'HOLD', meaning: `was killed by ${signal} (exit ${code})` };
  return { verdict: 'FAIL', meaning: `exited with ${code}` };
}

/** Who wrote a program that exits with 3 for another reason must see what is made of it. */
function couldNot(code: number): string {
  return `could not find out (exit ${code}: the command says that it does not know)`;
}

/** The wrapper reports a death by signal N as 128 + N, as every shell does. */
function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
