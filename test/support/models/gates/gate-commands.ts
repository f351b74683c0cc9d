import fc from 'fast-check';
import { expect } from 'vitest';
import type { PhaseStatus } from '../../../../src/plan/run-status.js';
import type { LittleTemporal } from '../engine/little-temporal.js';
import type { ModelWorld, Fortune } from '../world.js';
import { crowd } from './crowd.js';
import { hour, type GateModel, type Said, type Spoken } from './gate-model.js';

export interface GateRun {
  server: LittleTemporal;
  world: ModelWorld;
}
export const phaseId = 'phase/p';

type GateCommand = fc.AsyncCommand<GateModel, GateRun>;

/** After every command: the gate is where the model has it, with the same decisions, and the same people are asked. */
function agree(model: GateModel, { server }: GateRun): void {
  const execution = server.find(phaseId);
  const status = execution?.query<PhaseStatus>('status');
  const [gate] = status?.gates ?? [];
  if (model.over) {
    expect(execution?.end?.how).toBe(model.over === 'failed' ? 'failed' : 'completed');
    expect(status?.steps.at(-1)?.state).toBe(model.over);
    expect(gate).toBeUndefined();
    return;
  }
  expect(execution?.end).toBeUndefined();
  expect(gate).toMatchObject({ kind: model.kind, address: `p/approval#${model.attempt}` });
  expect(server.tasks.map((task) => task.type)).toEqual(model.pending.map(() => 'verifyIdentity'));
  if (model.kind === 'hold') return;
  expect(gate?.decisions.map(({ by, decision, roles: places }) => ({ by, decision, places }))).toEqual(model.decisions);
  expect(gate?.people).toEqual(model.asked);
}

/** What somebody types: exactly, carelessly, or about something that is not open. */
interface Typed {
  name: Said;
  by: string;
  address: 'none' | 'short' | 'open' | 'first' | 'next' | 'elsewhere';
  digest: 'none' | 'right' | 'cut' | 'wrong';
  id?: string | undefined;
  as: 'signal' | 'update';
}

class Say implements GateCommand {
  private readonly typed: Typed;
  private readonly onlyAt: GateModel['kind'] | undefined;

  /** @param onlyAt leaves it unsaid at gates of another kind, so that every kind of answer meets its gate often */
  constructor(typed: Typed, onlyAt?: GateModel['kind']) {
    this.typed = typed;
    this.onlyAt = onlyAt;
  }

  check(model: Readonly<GateModel>): boolean {
    return this.onlyAt === undefined || (!model.over && model.kind === this.onlyAt);
  }

  async run(model: GateModel, run: GateRun): Promise<void> {
    const { name, by, address, digest, id, as } = this.typed;
    const digestNow = run.server.find(phaseId)?.query<PhaseStatus>('status').gates[0]?.digest ?? '';
    const written = { none: undefined, right: digestNow, cut: digestNow.slice(7, 17), wrong: 'sha256:00000000' }[
      digest
    ];
    const takesDigest = name === 'approve' || name === 'reject';
    const payload = {
      by,
      ...(address === 'none' ? {} : { gate: addressOf(address, model.attempt) }),
      ...(written === undefined || !takesDigest ? {} : { digest: written }),
      ...(id === undefined ? {} : { id }),
      ...(name === 'approve' ? {} : { reason: 'because' }),
    };
    const spoken: Spoken = {
      name,
      by: by.trim().toLowerCase(),
      as,
      ...(address === 'none' ? {} : { meant: meaningOf(address, model.attempt) }),
      ...(id === undefined ? {} : { id }),
      digestIsRight: !takesDigest || digest !== 'wrong',
    };
    const expected = model.hear(spoken);
    if (as === 'signal') await run.server.signal(phaseId, name, payload);
    else {
      const { refused } = await run.server.update(phaseId, name, payload);
      expect(refused === undefined).toBe(expected !== 'refused');
    }
    agree(model, run);
  }

  toString(): string {
    return JSON.stringify(this.typed);
  }
}

function addressOf(written: Typed['address'], attempt: number): string {
  if (written === 'short') return 'Approval';
  if (written === 'elsewhere') return 'p/other#1';
  return `p/approval#${{ open: attempt, first: 1, next: attempt + 1, none: 0 }[written]}`;
}

function meaningOf(written: Typed['address'], now: number): (attempt: number) => boolean {
  const meant = { short: undefined, open: now, first: 1, next: now + 1, elsewhere: 0, none: undefined }[written];
  return (attempt) => meant === undefined || attempt === meant;
}

/** The environment's worker answers who sent something, in any order. */
class Identify implements GateCommand {
  private readonly index: number;
  private readonly fortune: Fortune;

  constructor(index: number, fortune: Fortune) {
    this.index = index;
    this.fortune = fortune;
  }

  check(model: Readonly<GateModel>): boolean {
    return model.pending.length > 0;
  }

  async run(model: GateModel, run: GateRun): Promise<void> {
    const index = this.index % model.pending.length;
    const task = run.server.tasks[index];
    if (!task) throw new Error('nobody is being identified');
    model.identify(index, this.fortune === 'good', run.server.now);
    await run.server.finish(task, run.world.end(task, this.fortune));
    agree(model, run);
  }

  toString(): string {
    return `identify(${this.index}, ${this.fortune})`;
  }
}

class Wait implements GateCommand {
  private readonly hours: number;

  constructor(hours: number) {
    this.hours = hours;
  }

  check(): boolean {
    return true;
  }

  async run(model: GateModel, run: GateRun): Promise<void> {
    model.wait(run.server.now + this.hours * hour);
    await run.server.advance(this.hours * hour);
    agree(model, run);
  }

  toString(): string {
    return `wait(${this.hours} h)`;
  }
}

const typed: fc.Arbitrary<Typed> = fc.record({
  name: fc.constantFrom<Said[]>('approve', 'approve', 'approve', 'reject', 'retry', 'retry', 'waive'),
  by: fc.constantFrom(...crowd.map(({ name }) => name), 'erin', 'carlos', 'carlos', ' ERIN ', 'mallory'),
  address: fc.constantFrom<Typed['address'][]>('none', 'none', 'short', 'short', 'open', 'first', 'next', 'elsewhere'),
  digest: fc.constantFrom<Typed['digest'][]>('none', 'none', 'right', 'cut', 'wrong'),
  id: fc.option(fc.constantFrom('x', 'y'), { nil: undefined, freq: 2 }),
  as: fc.constantFrom('signal' as const, 'update' as const),
});

export const gateCommands = fc.commands<GateModel, GateRun, false>(
  [
    typed.map((what) => new Say(what)),
    typed.map((what) => new Say({ ...what, address: 'none', digest: 'none', id: undefined })),
    typed.map((what) => new Say({ ...what, name: 'approve' }, 'approval')),
    typed.map((what) => new Say({ ...what, name: 'retry' }, 'hold')),
    typed.map((what) => new Say({ ...what, name: 'waive', by: what.id ? what.by : 'carlos' }, 'hold')),
    fc
      .tuple(fc.nat(2), fc.constantFrom<Fortune[]>('good', 'good', 'good', 'bad', 'error'))
      .map((of) => new Identify(...of)),
    fc.constant(new Identify(0, 'good')),
    fc.constant(new Identify(0, 'good')),
    fc.constant(new Wait(24)),
    fc.constantFrom(1, 1, 7, 8).map((hours) => new Wait(hours)),
  ] as Array<fc.Arbitrary<GateCommand>>,
  { maxCommands: 40, size: '+1' }
);
