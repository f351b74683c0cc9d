import { problemWithAnswer } from './activity-answers.js';
import type { LedgerEntry } from './change.js';
import { closeBehind, entryKey, openEntries, targetOf } from './ledger.js';

/** An activity as a history tells it; without a result it has not completed. */
export interface HistoryActivity {
  type: string;
  result?: unknown;
}

/** What the ledger needs of one execution of a phase or a rollback. */
export interface ExecutionHistory {
  startedAt: number;
  /** The first argument that the execution was started with. */
  input?: unknown;
  /** What it returned, or the detail of its failure. */
  result?: unknown;
  activities: readonly HistoryActivity[];
}

/** What a run changed, and what of it is still in force; both in the order in which it was captured. */
export interface RunLedger {
  entries: LedgerEntry[];
  open: LedgerEntry[];
}

/**
 * The ledger as a projection of histories: a capture stands there before its change is applied, so the ledger exists
 * whatever became of the workflows.
 *
 * @param executions all phases and rollbacks of one run
 * @throws TypeError when a capture was written by another version: a ledger with a hole must not pass for a whole one
 */
export function runLedger(executions: readonly ExecutionHistory[]): RunLedger {
  const oldestFirst = executions.toSorted((a, b) => a.startedAt - b.startedAt);
  const entries = closeBehind(oldestFirst.flatMap(({ activities }) => ledgerOf(activities)));
  return { entries, open: openEntries(entries, oldestFirst.flatMap(undoneBy)) };
}

/**
 * What one execution captured, in order. An answer that no workflow took for a capture stands for no change: nothing was
 * applied behind it.
 *
 * @param activities in the order in which they were scheduled
 * @throws TypeError when something was applied behind a capture that is no ledger entry
 */
export function ledgerOf(activities: readonly HistoryActivity[]): LedgerEntry[] {
  const actions = activities.filter(({ type }) => type === 'captureChange' || type === 'applyChange');
  return actions.flatMap(({ type, result }, index) => {
    if (type !== 'captureChange') return [];
    if (isEntry(result)) return [result];
    if (actions[index + 1]?.type !== 'applyChange') return [];
    throw new TypeError('a captureChange result in this history is no ledger entry: it was written by another version');
  });
}

/**
 * Keys of the entries that a rollback took care of. One that was stopped in the middle counts for what it had undone:
 * an undo that brought a target back to before an older change covers the newer ones that the rollback was given.
 */
export function undoneBy({ input, result, activities }: ExecutionHistory): string[] {
  const given = fieldOf(input, 'entries');
  const entries = Array.isArray(given) ? given.filter(isEntry) : [];
  const keysOf = (ids: readonly unknown[]): string[] => entries.filter(({ id }) => ids.includes(id)).map(entryKey);
  const told = fieldOf(result, 'undone');
  if (Array.isArray(told)) return keysOf(told);
  const done = activities
    .filter(({ type }) => type === 'undoChange')
    .map((activity) => fieldOf(activity.result, 'entryId'))
    .filter((id) => typeof id === 'string');
  const restored = new Set<string>();
  return entries
    .filter((entry) => {
      const target = targetOf(entry.change);
      if (done.includes(entry.id)) restored.add(target);
      return restored.has(target) && entry.cannotUndo === undefined;
    })
    .map(entryKey);
}

function isEntry(value: unknown): value is LedgerEntry {
  return problemWithAnswer('captureChange', value) === undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
