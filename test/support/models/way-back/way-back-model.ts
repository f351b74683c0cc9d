import type { LedgerEntry } from '../../../../src/plan/change.js';

type Debt = 'owed' | 'failing' | 'done' | 'by hand';

/** One target of one phase: what it owes, and the entries that are settled with it. */
export interface Account {
  target: string;
  phase: string;
  isFlag: boolean;
  /** Oldest first; the first one is undone, the others go with it. */
  entries: LedgerEntry[];
  debt: Debt;
}

/**
 * The way back as bookkeeping: every target of every phase is owed once. What was undone stays undone whatever
 * becomes of the rollback; what a person did by hand counts only where a rollback lived to tell it.
 */
export class WayBackModel {
  /** Of the rollback that runs. */
  accounts: Account[];
  state: 'running' | 'ended' | 'terminated' = 'running';
  rollbacks = 1;

  constructor(ledger: readonly LedgerEntry[]) {
    this.accounts = accountsOf(ledger);
  }

  /** What a further rollback must still undo: a target that is back at an older state owes nothing newer. */
  get owed(): LedgerEntry[] {
    const told = this.state === 'ended' ? ['done', 'by hand'] : ['done'];
    const isBack = (account: Account, index: number): boolean =>
      this.accounts.some((one, at) => at >= index && one.target === account.target && told.includes(one.debt));
    return this.accounts.filter((account, index) => !isBack(account, index)).flatMap((account) => account.entries);
  }

  get isSettled(): boolean {
    return this.accounts.every(({ debt }) => debt === 'done' || debt === 'by hand');
  }

  account(entryId: string): Account | undefined {
    return this.accounts.find(({ entries }) => entries[0]?.id === entryId);
  }

  /** Whether its first undo may be under way, given whose else is. */
  mayRun(account: Account, isRunning: (account: Account) => boolean): boolean {
    const earlier = this.accounts.slice(0, this.accounts.indexOf(account));
    const mayWait = (one: Account): boolean => isRunning(one) || this.isBlocked(one);
    return !this.isBlocked(account) && earlier.every((one) => one.debt !== 'owed' || mayWait(one));
  }

  /** An older state of a target comes back only after everything newer of it is settled. */
  isBlocked(account: Account): boolean {
    const newer = this.accounts.slice(0, this.accounts.indexOf(account));
    return newer.some(({ target, debt }) => target === account.target && (debt === 'owed' || debt === 'failing'));
  }

  again(open: readonly LedgerEntry[]): void {
    this.accounts = accountsOf(open);
    this.state = 'running';
    this.rollbacks += 1;
  }
}

/** Newest phase first; in a phase flags before the rest, and what was moved last before what was moved earlier. */
function accountsOf(ledger: readonly LedgerEntry[]): Account[] {
  const accounts = new Map<string, Account>();
  for (const entry of ledger) {
    if (entry.cannotUndo !== undefined) continue;
    const { change, phase } = entry;
    const target = change.type === 'flag' ? change.key : change.target;
    const key = `${phase} ${target}`;
    const known = accounts.get(key);
    accounts.delete(key);
    const entries = [...(known?.entries ?? []), entry];
    accounts.set(key, { target, phase, isFlag: change.type === 'flag', entries, debt: 'owed' });
  }
  const newestFirst = [...accounts.values()].reverse();
  const byPhase = (one: Account, other: Account): number =>
    one.phase > other.phase ? -1 : Number(one.phase < other.phase);
  return newestFirst.sort((one, other) => byPhase(one, other) || Number(other.isFlag) - Number(one.isFlag));
}
