import type { LedgerEntry } from '../../../../src/plan/change.js';

/** `stands` cannot be undone, and nobody has accepted that yet. */
type Debt = 'owed' | 'failing' | 'done' | 'by hand' | 'stands' | 'accepted';

/** What one undo, or one acceptance, settles: a target of a phase, or all of a target that stays as it is. */
export interface Account {
  target: string;
  phase: string;
  isFlag: boolean;
  /** The first one stands for all of them. */
  entries: LedgerEntry[];
  debt: Debt;
  /** How often people were asked about it, and when it is tried, or they are asked, once more (epoch ms). */
  asked: number;
  nextAt: number;
  /** Somebody asked for the next attempt ahead of time. */
  isHurried: boolean;
}

const minute = 60_000;

/** 5, 10, 20 ... minutes, and never more than half a day: nobody is forgotten, and nobody is flooded. */
function pause(asked: number): number {
  const pauses = [5, 10, 20, 40, 80, 160, 320, 640];
  return (pauses[asked - 1] ?? 720) * minute;
}

/**
 * The way back as bookkeeping: every target of every phase is owed once, unless a change that cannot be undone was made
 * to the target since. What was undone stays undone whatever becomes of the rollback; what a person did by hand or
 * accepted counts only where a rollback lived to tell it.
 */
export class WayBackModel {
  /** Of the rollback that runs. */
  accounts: Account[] = [];
  state: 'running' | 'ended' | 'terminated' = 'running';
  rollbacks = 0;
  /** Whether people were asked about what stands: only after everything else was tried. */
  isAsked = false;

  constructor(ledger: readonly LedgerEntry[], now: number) {
    this.again(ledger, now);
  }

  /** What a further rollback must still see to: a target that is back at an older state owes nothing newer. */
  get owed(): LedgerEntry[] {
    const told = this.state === 'ended' ? ['done', 'by hand'] : ['done'];
    const isBack = (account: Account, index: number): boolean =>
      this.accounts.some((one, at) => at >= index && one.target === account.target && told.includes(one.debt));
    const isOver = (account: Account, index: number): boolean =>
      isBack(account, index) || (account.debt === 'accepted' && this.state === 'ended');
    return this.accounts.filter((account, index) => !isOver(account, index)).flatMap((account) => account.entries);
  }

  get isSettled(): boolean {
    return this.accounts.every(({ debt }) => debt === 'done' || debt === 'by hand' || debt === 'accepted');
  }

  /** Accounts that wait for a person. */
  get gates(): Account[] {
    return this.accounts.filter(({ debt }) => debt === 'failing' || (debt === 'stands' && this.isAsked));
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

  /** An attempt did not succeed: people are asked once more, and after a longer pause it is tried once more. */
  fail(account: Account, now: number): void {
    account.debt = 'failing';
    ask(account, now);
  }

  /** What time and the commands before have brought about by now. */
  tick(now: number): void {
    const standing = this.accounts.filter(({ debt }) => debt === 'stands');
    if (!this.isAsked && this.isEachTried) {
      this.isAsked = true;
      for (const account of standing) ask(account, now);
    }
    if (!this.isAsked) return;
    for (const account of standing) while (account.nextAt <= now) ask(account, account.nextAt);
  }

  again(open: readonly LedgerEntry[], now: number): void {
    this.accounts = [...owedAccounts(open), ...standingAccounts(open)];
    this.state = 'running';
    this.rollbacks += 1;
    this.isAsked = false;
    this.tick(now);
  }

  /** Older states of a target that made trouble are not waited for. */
  private get isEachTried(): boolean {
    const troubled = this.accounts.filter(({ debt, asked }) => debt !== 'stands' && asked > 0);
    return this.accounts.every(
      ({ debt, target }) => debt !== 'owed' || troubled.some((newer) => newer.target === target)
    );
  }
}

function ask(account: Account, at: number): void {
  account.asked += 1;
  account.nextAt = at + pause(account.asked);
  account.isHurried = false;
}

/** Newest phase first; in a phase flags before the rest, and what was moved last before what was moved earlier. */
function owedAccounts(ledger: readonly LedgerEntry[]): Account[] {
  const accounts = new Map<string, Account>();
  for (const entry of ledger) {
    const account = accountOf(entry, 'owed');
    if (entry.cannotUndo !== undefined) {
      for (const [key, { target }] of accounts) if (target === account.target) accounts.delete(key);
      continue;
    }
    const key = `${account.phase} ${account.target}`;
    const known = accounts.get(key);
    accounts.delete(key);
    accounts.set(key, { ...account, entries: [...(known?.entries ?? []), entry] });
  }
  const newestFirst = [...accounts.values()].reverse();
  const byPhase = (one: Account, other: Account): number =>
    one.phase > other.phase ? -1 : Number(one.phase < other.phase);
  return newestFirst.sort((one, other) => byPhase(one, other) || Number(other.isFlag) - Number(one.isFlag));
}

/** One for each target with a change that cannot be undone: the last such change, and all that was done before it. */
function standingAccounts(ledger: readonly LedgerEntry[]): Account[] {
  const accounts = new Map<string, Account>();
  const before = new Map<string, LedgerEntry[]>();
  for (const entry of ledger) {
    const account = accountOf(entry, 'stands');
    const { target } = account;
    const entries = [entry, ...(before.get(target) ?? [])];
    before.set(target, entries);
    if (entry.cannotUndo === undefined) continue;
    accounts.delete(target);
    accounts.set(target, { ...account, entries });
  }
  return [...accounts.values()].reverse();
}

function accountOf(entry: LedgerEntry, debt: Debt): Account {
  const { change, phase } = entry;
  const isFlag = change.type === 'flag';
  const target = isFlag ? change.key : change.target;
  return { target, phase, isFlag, entries: [entry], debt, asked: 0, nextAt: 0, isHurried: false };
}
