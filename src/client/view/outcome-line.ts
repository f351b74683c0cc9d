import { outcomeExitCode, outcomeWords, exitCodes, type ExitCode } from '../../plan/outcome.js';
import { effectiveState } from '../read/effective-state.js';
import { gatesOf } from '../read/gates.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { cleanLine } from '../render/clean.js';
import { runName } from './view.js';

/** The last line of every command that ends with a run: its outcome in words, and what must be known about it. */
export function outcomeLine(snapshot: RunSnapshot): string {
  return [standing(snapshot), ...snapshot.run.remarks].join(' · ');
}

/** What to type after an end that is not finished, before the last line; nothing after any other. */
export function finishingLines({ run }: RunSnapshot): string[] {
  if (run.outcome?.kind !== 'rolled-back-not-verified') return [];
  const command = `phasegate rollback ${runName(run.workflowId)} --reason WHY`;
  return [`Its locks are held until somebody has finished it. When what stood against it is mended: ${command}`];
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
