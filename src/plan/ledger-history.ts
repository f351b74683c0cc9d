import type { LedgerEntry } from './change.js';

/** An activity that completed, as a history tells it. */
export interface CompletedActivity {
  type: string;
  result: unknown;
}

/**
 * The ledger of an execution is a projection of its history: what its captures recorded, in order. It exists whatever
 * became of the workflow.
 */
export function ledgerOf(activities: readonly CompletedActivity[]): LedgerEntry[] {
  return activities.filter(({ type }) => type === 'captureChange').map(({ result }) => entryIn(result));
}

/** Ids of the entries that an execution of `rollback` undid. */
export function undoneBy(activities: readonly CompletedActivity[]): Set<string> {
  const ids = activities
    .filter(({ type }) => type === 'undoChange')
    .map(({ result }) =>
      typeof result === 'object' && result !== null && 'entryId' in result ? result.entryId : undefined
    );
  return new Set(ids.filter((id) => typeof id === 'string'));
}

function entryIn(result: unknown): LedgerEntry {
  if (typeof result !== 'object' || result === null || !('before' in result) || !('change' in result)) {
    throw new TypeError('a captureChange result in this history is no ledger entry: it was written by another version');
  }
  return result as LedgerEntry;
}
