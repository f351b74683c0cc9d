import { deploymentPhases } from '../../plan/phases.js';
import { doneText } from '../../plan/cleanup/status.js';
import { outcomeExitCode, outcomeWords, exitCodes, type ExitCode } from '../../plan/outcome.js';
import { byUrgency } from '../../plan/text/sentences.js';
import { instantText } from '../../plan/text/spans.js';
import type { RunStatus } from '../../plan/run-status.js';
import { effectiveState } from '../read/effective-state.js';
import { gatesOf } from '../read/gates.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { cleanLine } from '../render/clean.js';
import { bringBackLine, confirmRemark, rollbackLine, runName } from '../../plan/text/command-lines.js';

/** The last line of every command that ends with a run: its outcome in words, and what must be known about it. */
export function outcomeLine(snapshot: RunSnapshot): string {
  return [standing(snapshot), ...snapshot.run.remarks].join(' · ');
}

/** What finishes an end that is not finished: why, the command, and what to know about it. */
export interface Finishing {
  why: string;
  command: string;
  remark: string;
}

/** Undefined after any end but one that is not finished. */
export function finishing({ run }: RunSnapshot): Finishing | undefined {
  if (run.outcome?.kind !== 'rolled-back-not-verified') return undefined;
  return {
    why: 'Its locks are held until somebody has finished it. When what stood against it is mended',
    command: rollbackLine(run.workflowId),
    remark: confirmRemark(run.environment.id),
  };
}

/** What is left to somebody who was told how a run ended, as lines before the last one. */
export function finishingLines(snapshot: RunSnapshot): string[] {
  const left = finishing(snapshot);
  if (left) return [`${left.why}: ${left.command} ${left.remark}`];
  return [...keptLines(snapshot), ...lostCleanupLines(snapshot)];
}

/** A run that stopped leaves what had completed before. */
function keptLines({ run, frozen, rollbacks }: RunSnapshot): string[] {
  if (!run.outcome || run.outcome.kind === 'completed') return [];
  const deployed = deploymentPhases(frozen.plan.phases).map(({ id }) => id);
  const takenBack = rollbacks.flatMap(({ phases }) => phases);
  const completed = run.phases.filter(({ state }) => state === 'completed').map(({ id }) => id);
  const kept = completed.filter((id) => deployed.includes(id) && !takenBack.includes(id));
  if (kept.length === 0) return [];
  const remark = confirmRemark(run.environment.id);
  return [`Still in force: ${kept.join(', ')}. To take that back too: ${rollbackLine(run.workflowId)} ${remark}`];
}

/** One that was ended from outside said to nobody what is left to do. */
function lostCleanupLines({ run, cleanup }: RunSnapshot): string[] {
  if (run.outcome?.kind !== 'completed' || cleanup?.endedAs === undefined) return [];
  const { endedAs, workflowId } = cleanup;
  return [
    `Its clean-up was ${endedAs}: nobody is asked or reminded any more. Bring it back: ${bringBackLine(workflowId)}`,
  ];
}

/** What is sensible to do with a run that has ended. */
export function afterEnd({ workflowId, outcome }: Pick<RunStatus, 'workflowId' | 'outcome'>): string {
  const read = `Read how: phasegate report ${runName(workflowId)}`;
  switch (outcome?.kind) {
    case 'rolled-back-verified':
      return `What it took back is verified: mend the cause, then start the plan again. ${read}`;
    case 'rolled-back-not-verified':
      return `Its rollback is not verified. Finish it: ${rollbackLine(workflowId)}`;
    case 'completed':
      return `Take back what it changed: ${rollbackLine(workflowId)}`;
    default:
      return read;
  }
}

/** `; clean-up: 3 of 11 tasks done, next due …`, once there is one. */
function leftToDo({ cleanup, frozen }: RunSnapshot): string {
  const { cleanup: plan } = frozen.plan;
  if (!cleanup || !plan) return '';
  const done = doneText(plan, cleanup);
  if (cleanup.endedAt !== undefined)
    return `; clean-up: ${done}${cleanup.state === 'failed' ? `, then ${cleanup.endedAs ?? 'cancelled'}` : ''}`;
  const [next] = byUrgency(cleanup.gates);
  const opens = cleanup.opensAt === undefined ? '' : `, the next begin at ${instantText(cleanup.opensAt)}`;
  return `; clean-up: ${done}${next ? `, next due ${instantText(next.deadlineAt)}` : opens}`;
}

/** How a run stands, in one sentence: the words of every surface. */
export function standing(snapshot: RunSnapshot): string {
  const { run } = snapshot;
  if (run.outcome) return cleanLine(`${outcomeWords(run.outcome.kind)}: ${run.outcome.reason}${leftToDo(snapshot)}`);
  const state = effectiveState(snapshot);
  const [gate] = gatesOf(snapshot);
  if (!gate) return cleanLine(`${state}: ${run.sentence}`);
  // Whoever answers the gate would wonder why nothing goes on.
  const held = run.held ? `held by ${run.held.by} (${run.held.reason}); ` : '';
  return cleanLine(`${state}: ${held}${gate.title}: ${gate.reason}`);
}

/** The exit code that a run's state means: its outcome, 5 while people are awaited, else 0. */
export function stateExitCode(snapshot: RunSnapshot): ExitCode {
  const { outcome } = snapshot.run;
  if (outcome) return outcomeExitCode(outcome.kind);
  const state = effectiveState(snapshot);
  const awaits = state === 'waiting' || state === 'on hold' || state === 'paused' || gatesOf(snapshot).length > 0;
  return awaits ? exitCodes.waiting : exitCodes.ok;
}
