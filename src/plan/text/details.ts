import { describeChange, describeState } from '../ledger.js';
import type { PhaseStatus, RollbackStatus, RunStatus, StepRecord } from '../run-status.js';
import { instantText } from './spans.js';

/** The Markdown panels of the Temporal UI: the sentence first, then a table of what is done and what is open. */

const signs: Record<string, string> = {
  pending: '·',
  running: '▶',
  waiting: '◷',
  passed: '✔',
  completed: '✔',
  done: '✔',
  failed: '✖',
  failing: '✖',
  'on hold': '⏸',
  paused: '⏸',
  waived: '⚠',
  'taken over': '⚠',
  'rolling back': '↩',
  'rolled back': '↩',
};

/** Cells must not break the table, and what people wrote must not become markup. */
function cell(text: string): string {
  return text
    .replace(/[|\\`*_<>[\]]/g, (char) => `\\${char}`)
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}

function stateCell(state: string): string {
  return `${signs[state] ?? '·'} ${state}`;
}

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return '';
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function remarksLine(remarks: readonly string[]): string {
  return remarks.length > 0 ? `_Note: ${remarks.join('; ')}._` : '';
}

function join(parts: string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

function stepRow(step: StepRecord): string[] {
  return [stateCell(step.state), cell(step.title), cell(step.reason ?? ''), step.address.split('/')[1] ?? ''];
}

export function phaseDetails(status: PhaseStatus, remarks: readonly string[]): string {
  const ledger = status.ledger.map((entry) => [
    entry.id,
    cell(describeChange(entry.change)),
    cell(describeState(entry.before)),
  ]);
  const refusals = status.refusals
    .slice(-3)
    .map((refusal) => `- refused ${refusal.message} by ${cell(refusal.by ?? 'somebody')}: ${cell(refusal.reason)}`);
  return join([
    `**${cell(status.sentence)}**`,
    remarksLine(remarks),
    table(['', 'step', 'result', 'address'], status.steps.map(stepRow)),
    ledger.length > 0
      ? `**Changed so far** (undone in reverse)\n\n${table(['entry', 'change', 'before'], ledger)}`
      : '',
    refusals.length > 0 ? `**Not taken**\n\n${refusals.join('\n')}` : '',
    '_A Temporal cancel is a request to roll back everything._',
  ]);
}

export function rollbackDetails(status: RollbackStatus): string {
  const undos = status.undos.map((undo) => [stateCell(undo.state), cell(undo.title), cell(undo.reason ?? '')]);
  return join([
    `**${cell(status.sentence)}**`,
    `Because: ${cell(status.reason)}`,
    table(['', 'undo', 'result'], undos),
    table(['', 'check', 'result', 'address'], status.checks.map(stepRow)),
  ]);
}

export function runDetails(status: RunStatus): string {
  const phases = status.phases.map((phase) => [
    stateCell(phase.state),
    cell(`${phase.id} ${phase.title}`),
    cell(phase.reason ?? ''),
    phase.startedAt === undefined ? '' : instantText(phase.startedAt),
  ]);
  return join([
    `**${cell(status.sentence)}**`,
    remarksLine(status.remarks),
    table(['', 'phase', 'result', 'started'], phases),
    `Plan ${cell(status.plan.id)} \`${status.plan.digest.slice(0, 19)}\`, started by ${cell(status.startedBy)}.`,
    "_Answer gates in the phase's workflow, or from a terminal: `phasegate status`. A Temporal cancel is a request to roll back everything._",
  ]);
}

/** Who holds which lock of an environment. */
export function locksDetails(holders: Record<string, { run: string; startedBy: string; since: number }>): string {
  const rows = Object.entries(holders).map(([key, holder]) => [
    cell(key),
    cell(holder.run),
    cell(holder.startedBy),
    instantText(holder.since),
  ]);
  return rows.length > 0 ? table(['lock', 'run', 'started by', 'since'], rows) : 'Nothing is locked.';
}
