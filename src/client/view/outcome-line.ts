import { outcomeExitCode, outcomeWords, exitCodes, type ExitCode } from '../../plan/outcome.js';
import { effectiveState } from '../read/effective-state.js';
import { gatesOf } from '../read/gates.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { cleanLine } from '../render/clean.js';

/** The last line of every command that ends with a run: its outcome in words, and what must be known about it. */
export function outcomeLine(snapshot: RunSnapshot): string {
  return [standing(snapshot), ...snapshot.run.remarks].join(' · ');
}

function standing(snapshot: RunSnapshot): string {
  const { run } = snapshot;
  if (run.outcome) return cleanLine(`${outcomeWords(run.outcome.kind)}: ${run.outcome.reason}`);
  const state = effectiveState(snapshot);
  const [gate] = gatesOf(snapshot);
  return cleanLine(gate ? `${state}: ${gate.title}: ${gate.reason}` : `${state}: ${run.sentence}`);
}

/** The exit code that a run's state means: its outcome, 5 while people are awaited, else 0. */
export function stateExitCode(snapshot: RunSnapshot): ExitCode {
  const { outcome } = snapshot.run;
  if (outcome) return outcomeExitCode(outcome.kind);
  const state = effectiveState(snapshot);
  const awaits = state === 'waiting' || state === 'on hold' || state === 'paused' || gatesOf(snapshot).length > 0;
  return awaits ? exitCodes.waiting : exitCodes.ok;
}
