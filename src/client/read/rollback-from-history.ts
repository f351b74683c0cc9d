import { closedSteps, describeState, entryKey, targetOf, undoOrder } from '../../plan/ledger.js';
import { undoneBy } from '../../plan/ledger-history.js';
import type { RollbackInput } from '../../plan/run-input.js';
import type { RollbackResult, RollbackStatus } from '../../plan/run-status.js';
import type { Relative } from './family.js';
import type { HistoryFacts } from './history.js';
import { awaitedSentence } from './phase-from-history.js';

/**
 * A rollback's status without a worker: what it returned, when it has ended; else which undos its history shows. One
 * that was ended from outside never said that it is verified, so it is not.
 */
export function rollbackFromHistory(history: HistoryFacts, relative: Relative): RollbackStatus {
  const result = history.result as Partial<RollbackResult> | undefined;
  if (result?.status) return result.status;
  const { entries, reason } = history.input as RollbackInput;
  const undone = new Set(undoneBy(history));
  return {
    schemaVersion: 1,
    workflowId: history.workflowId,
    runId: history.runId,
    reason,
    phases: [...new Set(entries.map((entry) => entry.phase))].reverse(),
    startedAt: history.startedAt,
    ...standing(history, relative),
    undos: [
      ...undoOrder(entries).map(({ entry, covers }) => ({
        entryId: entry.id,
        covers,
        title: `${targetOf(entry.change)} back to ${describeState(entry.before)}`,
        state: undone.has(entryKey(entry)) ? ('done' as const) : ('pending' as const),
      })),
      ...closedSteps(entries).map(({ entry, covers }) => ({
        entryId: entry.id,
        covers,
        title: `${targetOf(entry.change)} stays as it is`,
        state: undone.has(entryKey(entry)) ? ('accepted' as const) : ('cannot be undone' as const),
      })),
    ],
    checks: [],
    gates: [],
    refusals: [],
  };
}

function standing(
  history: HistoryFacts,
  relative: Relative
): Pick<RollbackStatus, 'state' | 'sentence'> & Partial<RollbackStatus> {
  if (relative.open) {
    return { state: relative.state === 'on hold' ? 'on hold' : 'rolling back', sentence: awaitedSentence(relative) };
  }
  const verification = unsaid(relative.status);
  return {
    state: 'rolled back',
    endedAt: history.endedAt ?? relative.closedAt ?? history.startedAt,
    verified: false,
    verification,
    sentence: `NOT verified: ${verification}`,
  };
}

/**
 * Why a rollback that ended without a word of its own is not verified.
 *
 * @param status `TERMINATED`, `FAILED`, ... as Temporal calls it
 */
export function unsaid(status: string): string {
  return `it was ${status.toLowerCase().replace('_', ' ')} from outside before it could say so`;
}
