import { cleanupId, preDeploymentId } from '../names.js';
import { isUnresolved } from '../incidents/status.js';
import { describeChange, describeState } from '../ledger.js';
import type { Gate, PhaseStatus, Refusal, RollbackStatus, RunStatus, StepRecord } from '../run-status.js';
import { bullets, code, panel, plain, signed, verbatim } from './markdown.js';
import { everythingBack, pasteableAnswers, type Pasteable } from './pasteable.js';
import type { IncidentSummary } from '../watch-status.js';
import { byUrgency } from './sentences.js';
import { instantText } from './spans.js';

/**
 * The Markdown panels of the Temporal UI. They are narrow and read by tired people: first one sentence, then what to
 * type, then what happens now, and the past last.
 */
export function phaseDetails(status: PhaseStatus, remarks: readonly string[]): string {
  const open = status.steps.filter((step) => !isOver(step));
  const over = status.steps.filter(isOver).toReversed();
  const changes = status.ledger.map(
    ({ id, change, before }) => `${code(id)} ${plain(describeChange(change))}, before: ${plain(describeState(before))}`
  );
  return panel([
    `**${plain(status.sentence)}**`,
    answers(status.gates),
    wideRollback(status),
    remarksLine(remarks),
    bullets('Now', open.map(stepLine)),
    refusalLines(status.refusals),
    bullets('Done, newest first', over.map(stepLine)),
    bullets('Changed so far, undone in reverse', changes.toReversed()),
    isEnded(status) ? '' : status.phase === cleanupId ? cleanupCancelNote : cancelNote,
  ]);
}

export function rollbackDetails(status: RollbackStatus): string {
  const undos = status.undos.map((undo) => signed(undo.state, plain(undo.title), undo.reason));
  return panel([
    `**${plain(status.sentence)}**`,
    answers(status.gates),
    `Because: ${plain(status.reason)}`,
    bullets('Undone, in this order', undos),
    bullets('Verified by', status.checks.map(stepLine)),
    refusalLines(status.refusals),
    '_It cannot be paused or cancelled, and it ends only when nothing is left to undo._',
  ]);
}

export function runDetails(status: RunStatus): string {
  const phases = status.phases.map((phase) => {
    const since = phase.state === 'running' && phase.startedAt ? `since ${instantText(phase.startedAt)}` : undefined;
    return signed(phase.now?.state ?? phase.state, plain(`${phase.id} ${phase.title}`), phase.reason ?? since);
  });
  return panel([
    `**${plain(status.sentence)}**`,
    remarksLine(status.remarks),
    bullets('Phases', phases),
    bullets('Incidents', (status.incidents ?? []).map(incidentLine)),
    guardLine(status),
    bullets('Rollbacks', status.rollbacks.map(code)),
    refusalLines(status.refusals),
    `Plan ${code(status.plan.id)} ${code(status.plan.digest.slice(0, 19))}, started by ${plain(status.startedBy)}.`,
    status.outcome
      ? ''
      : `Gates are answered in the workflow of their phase (tab Relationships) or in a terminal: ${code('phasegate status')}.`,
    status.outcome ? '' : cancelNote,
  ]);
}

function incidentLine({ workflowId, severity, title, state, warRoom }: IncidentSummary): string {
  const room = warRoom && isUnresolved({ state }) ? ', war room' : '';
  return `severity ${severity}, _${state}_${room}: ${plain(title)} ${code(workflowId)}`;
}

/** What it sees stands in its own panel. */
function guardLine({ guard }: RunStatus): string {
  if (!guard) return '';
  if (guard.state !== 'lost') return `Guard: ${code(guard.workflowId)}, _${guard.state}_.`;
  return `**The guard is lost** after ${guard.starts} starts: ${plain(guard.reason ?? 'nobody knows why')}. Only the windows of the phases judge.`;
}

/** Who holds which lock of an environment. */
export function locksDetails(holders: Record<string, { run: string; startedBy: string; since: number }>): string {
  const held = Object.entries(holders).map(
    ([key, holder]) =>
      `${code(key)} by ${code(holder.run)}, started by ${plain(holder.startedBy)}, since ${instantText(holder.since)}`
  );
  return held.length > 0 ? bullets('Locked', held) : 'Nothing is locked.';
}

/** Clean-up has nothing to undo. */
const cleanupCancelNote = '_A Temporal cancel ends the clean-up: nobody is reminded of its tasks any more._';

const cancelNote = '_A Temporal cancel is a request to roll back everything._';

/** A cancel of what has ended does nothing. */
function isEnded({ endedAt }: PhaseStatus): boolean {
  return endedAt !== undefined;
}

function isOver(step: StepRecord): boolean {
  return step.state === 'passed' || step.state === 'failed' || step.state === 'waived';
}

function stepLine(step: StepRecord): string {
  const open = step.state === 'running' || step.state === 'waiting' || step.state === 'on hold';
  return `${signed(step.state, plain(step.title), step.reason)}${open ? ` ${code(step.address)}` : ''}`;
}

/** What to send at each open gate; a panel with very many would help nobody. */
function answers(gates: readonly Gate[]): string {
  const lines = byUrgency(gates)
    .slice(0, 5)
    .flatMap((gate) => pasteableAnswers(gate).map(toPaste));
  return bullets('Answer here: More Actions, Send a Signal', lines);
}

/** Apart from the answers to a gate, which reach no further than its phase. */
function wideRollback({ gates, phase }: PhaseStatus): string {
  // Before all phases there is nothing more than that to take back.
  if (phase === preDeploymentId || !gates.some((gate) => gate.answers.includes('rollback') && gate.reach !== 'all'))
    return '';
  return `To take back everything that the run changed, not only ${plain(phase)}: ${toPaste(everythingBack)}`;
}

function toPaste({ name, payload }: Pasteable): string {
  return `**${name}** ${verbatim(payload)}`;
}

function refusalLines(refusals: readonly Refusal[]): string {
  const lines = refusals.slice(-3).map(({ message, by, reason }) => {
    return `${plain(message)} by ${plain(by ?? 'somebody')}: ${plain(reason)}`;
  });
  return bullets('Not taken', lines);
}

function remarksLine(remarks: readonly string[]): string {
  return remarks.length > 0 ? `_Note: ${plain(remarks.join('; '))}._` : '';
}
