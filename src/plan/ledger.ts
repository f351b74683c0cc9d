import type { Change, LedgerEntry, TargetState } from './change.js';

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
 * The order of a rollback: newest phase first; inside a phase exposure goes first (what makes production safe), each
 * flag straight back to its state before the phase, then everything else in reverse. Entries that cannot be undone
 * are left out: `irreversible` names them.
 *
 * @param entries in the order in which they were captured
 */
export function undoOrder(entries: readonly LedgerEntry[]): UndoStep[] {
  const phases = [...new Set(entries.map((entry) => entry.phase))].reverse();
  return phases.flatMap((phase) => {
    const ours = entries.filter((entry) => entry.phase === phase && entry.cannotUndo === undefined).reverse();
    const flags = ours.filter((entry) => entry.change.type === 'flag');
    const others = ours.filter((entry) => entry.change.type !== 'flag');
    return [...oldestPerTarget(flags), ...oldestPerTarget(others)];
  });
}

/** Entries behind which the way back is closed. */
export function irreversible(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.filter((entry) => entry.cannotUndo !== undefined);
}

/**
 * Entries that no finished undo covers. One that brought a target back to before an older entry covers the newer ones
 * too: undone after it, they would bring back what it took away.
 *
 * @param entries in the order in which they were captured
 */
export function openEntries(entries: readonly LedgerEntry[], undone: ReadonlySet<string>): LedgerEntry[] {
  const restored = new Set<string>();
  return entries.filter(({ id, change, cannotUndo }) => {
    if (undone.has(id)) restored.add(targetOf(change));
    return !undone.has(id) && (cannotUndo !== undefined || !restored.has(targetOf(change)));
  });
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
  const always = state.include.length > 0 ? `, always for ${state.include.join(', ')}` : '';
  return `on for ${state.percent} %${always}`;
}

/** A change in words. */
export function describeChange(change: Change): string {
  if (change.type === 'deploy') return `${change.target} → ${change.revision}`;
  return `${change.key} → ${change.enabled ? `${change.percent} %` : 'off'}`;
}
