import type { LedgerEntry } from '../../plan/change.js';
import { ledgerOf } from '../../plan/ledger-history.js';
import { openEntries, undoOrder } from '../../plan/ledger.js';
import type { RollbackInput } from '../../plan/run-input.js';
import type { RollbackResult } from '../../plan/run-status.js';
import type { UndoResult } from '../../activities/contract.js';
import type { HistoryFacts } from './history.js';

/** What a run changed, and what of it is still in force. */
export interface RunLedger {
  /** In the order in which they were captured. */
  entries: LedgerEntry[];
  open: LedgerEntry[];
}

/**
 * The ledger as a projection of histories: captures stand there before their change is applied, so the ledger exists
 * whatever became of the workflows.
 *
 * @param histories of all phases and rollbacks of one execution of a migration
 */
export function ledgerFrom(histories: readonly HistoryFacts[]): RunLedger {
  const oldestFirst = histories.toSorted((a, b) => a.startedAt - b.startedAt);
  const entries = oldestFirst.flatMap(captured);
  const undone = new Set(oldestFirst.flatMap(undoneBy));
  return { entries, open: openEntries(entries, undone) };
}

/** @throws TypeError when a capture was written by another version: a ledger with a hole must not be undone as a whole one */
export function captured(history: HistoryFacts): LedgerEntry[] {
  return ledgerOf(
    history.activities.filter((fact) => fact.result !== undefined).map(({ type, result }) => ({ type, result }))
  );
}

/** Ids of entries that a rollback took care of. One that was stopped in the middle counts for what it had undone. */
function undoneBy(history: HistoryFacts): string[] {
  const result = history.result as Partial<RollbackResult> | undefined;
  if (Array.isArray(result?.undone)) return result.undone;
  const done = history.activities
    .filter((fact) => fact.type === 'undoChange')
    .flatMap((fact) => (fact.result as Partial<UndoResult> | undefined)?.entryId ?? []);
  const input = history.input as Partial<RollbackInput> | undefined;
  const order = undoOrder(input?.entries ?? []);
  return done.flatMap((id) => [id, ...(order.find((step) => step.entry.id === id)?.covers ?? [])]);
}
