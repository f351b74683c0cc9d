import type { Change, LedgerEntry, TargetState } from './change.js';
import { named } from './text/spans.js';

/** What an entry moves: entries of one target are undone to the state before the first of them. */
export function targetOf(change: Change): string {
  return change.type === 'flag' ? `flag/${change.key}` : `deploy/${change.target}`;
}

/** One undo: the entry whose captured state is restored, and the later entries on the same target that it covers. */
export interface UndoStep {
  entry: LedgerEntry;
  covers: string[];
}

/**
 * The same ledger, in which every change that lies behind an irreversible one of its target is irreversible too: its
 * old state belongs to a world that is gone (a schema that moved on, a share that people saw).
 *
 * @param entries in the order in which they were captured; of the whole run, since a later phase may close the way
 *   back of an earlier one
 */
export function closeBehind(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const closedBy = new Map<string, LedgerEntry>();
  return entries
    .toReversed()
    .map((entry) => {
      const target = targetOf(entry.change);
      const younger = closedBy.get(target);
      if (entry.cannotUndo !== undefined) {
        if (!younger) closedBy.set(target, entry);
        return entry;
      }
      return younger ? { ...entry, cannotUndo: `behind ${younger.id}: ${younger.cannotUndo ?? ''}` } : entry;
    })
    .reverse();
}

/**
 * The order of a rollback: newest phase first; inside a phase exposure goes first (what makes production safe), each
 * flag straight back to its state before the phase, then everything else in reverse. What cannot be undone is left
 * out: `closedSteps` names it.
 *
 * @param entries in the order in which they were captured
 */
export function undoOrder(entries: readonly LedgerEntry[]): UndoStep[] {
  const open = closeBehind(entries).filter((entry) => entry.cannotUndo === undefined);
  const phases = [...new Set(open.map((entry) => entry.phase))].reverse();
  return phases.flatMap((phase) => {
    const ours = open.filter((entry) => entry.phase === phase).reverse();
    const flags = ours.filter((entry) => entry.change.type === 'flag');
    const others = ours.filter((entry) => entry.change.type !== 'flag');
    return [...oldestPerTarget(flags), ...oldestPerTarget(others)];
  });
}

/** What stays as it is: per target the youngest entry behind which the way back is closed, and those that lie there. */
export function closedSteps(entries: readonly LedgerEntry[]): UndoStep[] {
  const steps = new Map<string, UndoStep>();
  for (const entry of irreversible(closeBehind(entries)).reverse()) {
    const target = targetOf(entry.change);
    const youngest = steps.get(target);
    if (youngest) youngest.covers.push(entry.id);
    else steps.set(target, { entry, covers: [] });
  }
  return [...steps.values()];
}

/** Entries behind which the way back is closed. */
export function irreversible(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.filter((entry) => entry.cannotUndo !== undefined);
}

/** What tells one entry from all others: after a reset another execution makes entries of the same address. */
export function entryKey({ runId, id }: Pick<LedgerEntry, 'runId' | 'id'>): string {
  return `${runId}/${id}`;
}

/**
 * Entries that no undo took care of.
 *
 * @param undone keys of entries, see {@link entryKey}
 */
export function openEntries(entries: readonly LedgerEntry[], undone: Iterable<string>): LedgerEntry[] {
  const keys = new Set(undone);
  return entries.filter((entry) => !keys.has(entryKey(entry)));
}

/**
 * Ledgers of several executions as one: each entry once, in the order in which they were captured. That order is the
 * histories' own, never that of `capturedAt`: two workers' clocks differ, and the state before the first change of a target
 * is the one that counts.
 *
 * @param ledgers oldest execution first; one that a reset made repeats what it has of those before
 */
export function mergeLedgers(ledgers: ReadonlyArray<readonly LedgerEntry[]>): LedgerEntry[] {
  return [...new Map(ledgers.flat().map((entry) => [entryKey(entry), entry] as const)).values()];
}

/** Keeps the place of a target's newest change and the state before its oldest one. */
function oldestPerTarget(newestFirst: readonly LedgerEntry[]): UndoStep[] {
  const steps = new Map<string, UndoStep>();
  for (const entry of newestFirst) {
    const key = targetOf(entry.change);
    const newer = steps.get(key);
    steps.set(key, { entry, covers: newer ? [...newer.covers, newer.entry.id] : [] });
  }
  return [...steps.values()];
}

/** A target's state in words: `on for 25 %, always for release-test-user`, `revision v2`. */
export function describeState(state: TargetState): string {
  if (state.type === 'deploy') return `revision ${state.revision}`;
  if (!state.exists) return 'absent';
  if (!state.enabled) return 'off';
  const always = state.include.length > 0 ? `, always for ${named(state.include)}` : '';
  return `on for ${state.percent} %${always}`;
}

/** A change in words. */
export function describeChange(change: Change): string {
  if (change.type === 'deploy') return `${change.target} → ${change.revision}`;
  return `${change.key} → ${change.enabled ? `${change.percent} %` : 'off'}`;
}
