import fc from 'fast-check';
import { expect } from 'vitest';
import type { UndoInput } from '../../../../src/activities/contract.js';
import type { LedgerEntry } from '../../../../src/plan/change.js';
import { runLedger } from '../../../../src/plan/ledger-history.js';
import type { Gate, RollbackResult, RollbackStatus } from '../../../../src/plan/run-status.js';
import type { LittleTemporal } from '../engine/little-temporal.js';
import type { Fortune, ModelWorld } from '../world.js';
import type { Account, WayBackModel } from './way-back-model.js';

export interface WayBackRun {
  server: LittleTemporal;
  world: ModelWorld;
  /** The run's captures, oldest first. */
  ledger: LedgerEntry[];
  start: (entries: readonly LedgerEntry[], number: number) => Promise<void>;
}
type WayBackCommand = fc.AsyncCommand<WayBackModel, WayBackRun>;

const minute = 60_000;
export const rollbackId = (number: number): string => `migration/x/y/rollback/again-${number}`;

function undoIn(task: { input: unknown }): string {
  return (task.input as UndoInput).entry.id;
}

/** What no rollback covers, as the client reads it from histories. */
export function openIn({ server, ledger }: WayBackRun): LedgerEntry[] {
  const phase = { startedAt: 0, activities: ledger.map((result) => ({ type: 'captureChange', result })) };
  const rollbacks = server.executions.map(({ identity, history, end }) => ({
    startedAt: identity.startedAt,
    input: identity.input,
    activities: history,
    ...(end?.result === undefined ? {} : { result: end.result }),
  }));
  return runLedger([phase, ...rollbacks]).open;
}

const states = {
  done: ['done'],
  'by hand': ['taken over'],
  failing: ['failing', 'running'],
  owed: ['pending', 'running'],
  stands: ['cannot be undone'],
  accepted: ['accepted'],
};

/** After every command the rollback owes exactly what the model says, and undoes nothing out of turn or twice. */
export function agree(model: WayBackModel, run: WayBackRun): void {
  const { server, world } = run;
  model.tick(server.now);
  expect(world.undone).toEqual([...new Set(world.undone)]);
  const rollback = server.find(rollbackId(model.rollbacks));
  const status = rollback?.query<RollbackStatus>('status');
  expect(status?.undos.map((undo) => undo.entryId)).toEqual(model.accounts.map(({ entries }) => entries[0]?.id));
  if (model.state === 'running') {
    for (const [index, { debt }] of model.accounts.entries())
      expect(states[debt]).toContain(status?.undos[index]?.state);
    const gates = (status?.gates ?? []).map(({ address, deadlineAt, answers }) => ({ address, deadlineAt, answers }));
    expect(gates.toSorted(byAddress)).toEqual(model.gates.map(gateOf).toSorted(byAddress));
    const running = server.tasks.filter((task) => task.type === 'undoChange').map(undoIn);
    const isRunning = (account: Account): boolean => running.some((id) => model.account(id) === account);
    for (const id of running) expect(['owed', 'failing']).toContain(model.account(id)?.debt);
    const failing = model.accounts.filter(({ debt }) => debt === 'failing');
    for (const account of failing) expect(isRunning(account)).toBe(account.isHurried || account.nextAt <= server.now);
    const owed = model.accounts.filter(({ debt }) => debt === 'owed');
    for (const account of owed.filter(isRunning)) expect(model.mayRun(account, isRunning)).toBe(true);
    expect(owed.every((account) => model.isBlocked(account)) || owed.some(isRunning)).toBe(true);
    if (rollback?.end) {
      expect(model.isSettled).toBe(true);
      model.state = 'ended';
      const result = rollback.end.result as RollbackResult;
      expect(result.undone.toSorted()).toEqual(
        model.accounts.flatMap(({ entries }) => entries.map(({ id }) => id)).toSorted()
      );
      const byPeople = model.accounts.some(({ debt }) => debt === 'by hand' || debt === 'accepted');
      if (byPeople) expect(result.verified).toBe(false);
    } else expect(status?.state).toBe(gates.length > 0 ? 'on hold' : 'rolling back');
  }
  const open = openIn(run).map(({ id }) => id);
  expect(open.toSorted()).toEqual(model.owed.map(({ id }) => id).toSorted());
}

function gateOf({ entries, nextAt, debt }: Account): Pick<Gate, 'address' | 'deadlineAt' | 'answers'> {
  const answers = debt === 'failing' ? ['retry', 'takeover'] : ['takeover'];
  return { address: entries[0]?.id ?? '', deadlineAt: nextAt, answers };
}

function byAddress(one: Pick<Gate, 'address'>, other: Pick<Gate, 'address'>): number {
  return one.address.localeCompare(other.address);
}

/** An activity comes to its end: an undo, or a check of whether all is well. */
export class End implements WayBackCommand {
  private readonly index: number;
  private readonly fortune: Fortune;

  constructor(index: number, fortune: Fortune) {
    this.index = index;
    this.fortune = fortune;
  }

  check(model: Readonly<WayBackModel>): boolean {
    return model.state === 'running';
  }

  async run(model: WayBackModel, run: WayBackRun): Promise<void> {
    const { tasks } = run.server;
    const task = tasks[this.index % Math.max(1, tasks.length)];
    if (!task) return;
    const account = task.type === 'undoChange' ? model.account(undoIn(task)) : undefined;
    if (account && this.fortune === 'good') account.debt = 'done';
    else if (account) model.fail(account, run.server.now);
    await run.server.finish(task, run.world.end(task, this.fortune));
    agree(model, run);
  }

  toString(): string {
    return `end(${this.index}, ${this.fortune})`;
  }
}

/** Somebody answers the page of an undo that keeps failing, of what cannot be undone, or of what needs no answer. */
export class Answer implements WayBackCommand {
  private readonly name: 'takeover' | 'retry';
  private readonly by: string;
  private readonly index: number;

  constructor(name: 'takeover' | 'retry', by: string, index: number) {
    this.name = name;
    this.by = by;
    this.index = index;
  }

  check(model: Readonly<WayBackModel>): boolean {
    return model.state === 'running' && model.accounts.length > 0;
  }

  async run(model: WayBackModel, run: WayBackRun): Promise<void> {
    const account = model.accounts[this.index % model.accounts.length];
    const [entry] = account?.entries ?? [];
    if (!account || !entry) return;
    const isRunning = run.server.tasks.some((task) => task.type === 'undoChange' && undoIn(task) === entry.id);
    const isTaken = model.gates.includes(account) && (account.debt === 'failing' || this.name === 'takeover');
    const counts = isTaken && this.by !== 'mallory';
    const payload = { by: this.by, [this.name === 'takeover' ? 'entry' : 'gate']: entry.id, reason: 'by hand' };
    // While an attempt is under way the answer waits for it: done after all, or the next thing that counts.
    if (isRunning && counts) return;
    if (counts && this.name === 'retry') account.isHurried = true;
    else if (counts && account.debt === 'stands') account.debt = 'accepted';
    else if (counts) {
      run.world.restore(entry);
      account.debt = 'by hand';
    }
    const { refused } = await run.server.update(rollbackId(model.rollbacks), this.name, payload);
    expect(refused === undefined).toBe(counts);
    agree(model, run);
  }

  toString(): string {
    return `${this.name}(${this.by}, ${this.index})`;
  }
}

class Wait implements WayBackCommand {
  private readonly minutes: number;

  constructor(minutes: number) {
    this.minutes = minutes;
  }

  check(): boolean {
    return true;
  }

  async run(model: WayBackModel, run: WayBackRun): Promise<void> {
    await run.server.advance(this.minutes * minute);
    agree(model, run);
  }

  toString(): string {
    return `wait(${this.minutes})`;
  }
}

/** A cancel changes nothing; a termination ends the rollback where it stands. */
class Stop implements WayBackCommand {
  private readonly how: 'cancel' | 'terminate';

  constructor(how: 'cancel' | 'terminate') {
    this.how = how;
  }

  check(model: Readonly<WayBackModel>): boolean {
    return model.state === 'running';
  }

  async run(model: WayBackModel, run: WayBackRun): Promise<void> {
    await run.server[this.how](rollbackId(model.rollbacks));
    if (this.how === 'terminate') model.state = 'terminated';
    agree(model, run);
  }

  toString(): string {
    return this.how;
  }
}

/** `phasegate rollback`, after a rollback has ended in whatever way. */
export class Again implements WayBackCommand {
  check(model: Readonly<WayBackModel>): boolean {
    return model.state !== 'running';
  }

  async run(model: WayBackModel, run: WayBackRun): Promise<void> {
    const open = openIn(run);
    model.again(open, run.server.now);
    await run.start(open, model.rollbacks);
    agree(model, run);
  }

  toString(): string {
    return 'again';
  }
}

const people = fc.constantFrom('erin', 'erin', ' Carlos', 'mallory');
export const wayBackCommands = fc.commands<WayBackModel, WayBackRun, false>(
  [
    fc.nat(5).map((index) => new End(index, 'good')),
    fc.tuple(fc.nat(5), fc.constantFrom<Fortune[]>('bad', 'error', 'lost')).map((of) => new End(...of)),
    fc.tuple(people, fc.nat(5)).map((of) => new Answer('takeover', ...of)),
    fc.tuple(people, fc.nat(5)).map((of) => new Answer('retry', ...of)),
    fc.constantFrom(5, 5, 15, 60, 720).map((minutes) => new Wait(minutes)),
    fc.constantFrom('cancel' as const, 'terminate' as const).map((how) => new Stop(how)),
    fc.constant(new Again()),
  ] as Array<fc.Arbitrary<WayBackCommand>>,
  { maxCommands: 40, size: '+1' }
);
