import type { LedgerEntry } from '../../plan/change.js';
import type { Plan, Step } from '../../plan/model.js';
import { isSettled, type RollbackStatus } from '../../plan/run-status.js';
import type { RunSnapshot } from '../read/snapshot.js';

/** A feature flag of the plan and how far it is. */
export interface FlagProgress {
  key: string;
  phase: string;
  /** 0..100, what it was set to last. */
  percent: number;
  /** 0..100, the largest share that the plan gives it. */
  planned: number;
  state: 'not yet' | 'on' | 'taken back';
}

/** Ids of changes that a rollback took care of. */
export function undoneIds(rollbacks: readonly Pick<RollbackStatus, 'undos'>[]): Set<string> {
  const settled = rollbacks.flatMap(({ undos }) => undos.filter(isSettled));
  return new Set(settled.flatMap(({ entryId, covers }) => [entryId, ...covers]));
}

/** What was changed and not taken back, in the order in which it was captured. */
export function changesInForce({ phases, rollbacks }: Pick<RunSnapshot, 'phases' | 'rollbacks'>): LedgerEntry[] {
  const undone = undoneIds(rollbacks);
  return phases.flatMap(({ ledger }) => ledger).filter(({ id }) => !undone.has(id));
}

/** The flags of a plan in its order, as the ledger of the run tells. */
export function flagsOf({ frozen, phases, rollbacks }: RunSnapshot): FlagProgress[] {
  const undone = undoneIds(rollbacks);
  const entries = phases.flatMap(({ ledger }) => ledger);
  return plannedFlags(frozen.plan).map(({ key, phase, planned }) => {
    const [first, ...later] = entries.filter(({ change }) => change.type === 'flag' && change.key === key);
    const latest = later.at(-1) ?? first;
    if (latest?.change.type !== 'flag') return { key, phase, planned, percent: 0, state: 'not yet' };
    if (undone.has(latest.id)) return { key, phase, planned, percent: shareBefore(first), state: 'taken back' };
    const { enabled, percent } = latest.change;
    return { key, phase, planned, percent: enabled ? percent : 0, state: 'on' };
  });
}

/** An undo goes straight back to what was before the first change. */
function shareBefore(first: LedgerEntry | undefined): number {
  return first?.before.type === 'flag' && first.before.enabled ? first.before.percent : 0;
}

function plannedFlags({ phases }: Pick<Plan, 'phases'>): Array<{ key: string; phase: string; planned: number }> {
  const found = new Map<string, { phase: string; planned: number }>();
  for (const { id, steps } of phases) {
    for (const step of steps) {
      const share = shareOf(step);
      if (!share) continue;
      const known = found.get(share.key);
      found.set(share.key, { phase: known?.phase ?? id, planned: Math.max(known?.planned ?? 0, share.percent) });
    }
  }
  return [...found].map(([key, rest]) => ({ key, ...rest }));
}

function shareOf(step: Step): { key: string; percent: number } | undefined {
  if (step.kind === 'flag') return { key: step.key, percent: step.to ? step.percent : 0 };
  return step.kind === 'traffic' ? { key: step.flag, percent: Math.max(...step.percents) } : undefined;
}
