import fc from 'fast-check';
import { expect } from 'vitest';
import type { VerifyIdentityInput } from '../../../../src/activities/contract.js';
import type { Fortune } from '../world.js';
import type { LifeModel } from './life-model.js';
import { runId, type LifeRun } from './life-run.js';

type LifeCommand = fc.AsyncCommand<LifeModel, LifeRun>;

abstract class Command implements LifeCommand {
  check(_model: Readonly<LifeModel>): boolean {
    return true;
  }

  async run(model: LifeModel, run: LifeRun): Promise<void> {
    await this.act(model, run);
    model.check(run);
  }

  abstract act(model: LifeModel, run: LifeRun): Promise<void>;
}

/** An activity ends, well or badly. */
export class End extends Command {
  private readonly index: number;
  private readonly fortune: Fortune;

  constructor(index: number, fortune: Fortune) {
    super();
    this.index = index;
    this.fortune = fortune;
  }

  override async act(model: LifeModel, run: LifeRun): Promise<void> {
    const { tasks } = run.server;
    const task = tasks[this.index % Math.max(1, tasks.length)];
    if (!task) return;
    if (task.type === 'verifyIdentity' && this.fortune === 'good') {
      const { gate, by, decision } = (task.input as VerifyIdentityInput).statement;
      if (run.gates.some((one) => one.gate.address === gate)) model.heard.add(`${gate} ${by} ${decision}`);
    }
    await run.server.finish(task, run.end(task, this.fortune));
  }

  override toString(): string {
    return `end(${this.index}, ${this.fortune})`;
  }
}

/** Somebody gives the answer that an open gate asks for; said a second time under the same id it changes nothing. */
export class Answer extends Command {
  private readonly choice: number;
  private readonly by: string;
  private readonly twice: boolean;

  constructor(choice: number, by: string, twice: boolean) {
    super();
    this.choice = choice;
    this.by = by;
    this.twice = twice;
  }

  override async act(_model: LifeModel, run: LifeRun): Promise<void> {
    const { gates } = run;
    const asked = gates[this.choice % Math.max(1, gates.length)];
    if (!asked) return;
    const { address, answers } = asked.gate;
    const answer = answers.filter((one) => one !== 'rollback')[this.choice % 2] ?? answers[0] ?? '';
    const where = answer === 'attest' ? { item: address, answer: 'done' } : { gate: address };
    const payload = {
      by: this.by,
      id: `${this.choice} ${address}`,
      ...(answer === 'takeover' ? { entry: address } : where),
      ...(answer === 'approve' ? {} : { reason: 'because' }),
    };
    const isUndone = answer === 'takeover' && answers.includes('retry');
    const entry = isUndone ? run.ledger.entries.find(({ id }) => id === address) : undefined;
    if (entry) run.world.restore(entry);
    await run.server.signal(asked.at, answer, payload);
    if (!this.twice) return;
    const before = storyOf(run, asked.at);
    await run.server.signal(asked.at, answer, payload);
    expect(storyOf(run, asked.at)).toEqual(before);
  }

  override toString(): string {
    return `answer(${this.choice}, ${this.by}${this.twice ? ', twice' : ''})`;
  }
}

/** A status without what a second sending may add: the reason why it was refused. */
function storyOf(run: LifeRun, workflowId: string): object {
  const { refusals: _refusals, ...story } = run.server.find(workflowId)?.query<{ refusals: unknown }>('status') ?? {};
  return story;
}

/** What people say to the run or the phase under way as a whole. */
export class Order extends Command {
  private readonly name: 'pause' | 'resume' | 'rollback';
  private readonly to: 'run' | 'phase';
  private readonly alone: boolean;

  constructor(name: 'pause' | 'resume' | 'rollback', to: 'run' | 'phase', alone = false) {
    super();
    this.name = name;
    this.to = to;
    this.alone = alone;
  }

  override async act(model: LifeModel, run: LifeRun): Promise<void> {
    const phase = run.of('deploymentPhase').find((execution) => execution.end === undefined)?.identity.workflowId;
    const target = this.to === 'run' ? runId : phase;
    if (target === undefined) return;
    const alone = this.alone && phase !== undefined ? { phase: phase.slice(-1) } : {};
    const payload = { by: 'erin', reason: 'because', ...(this.name === 'rollback' ? alone : {}) };
    const reached = [target, ...(target === runId && phase !== undefined ? [phase] : [])];
    if (this.name === 'resume') for (const one of reached) model.paused.delete(one);
    await run.server.signal(target, this.name, payload);
    if (this.name === 'pause') for (const one of reached) model.pause(run, one);
  }

  override toString(): string {
    return `${this.name}(${this.to}${this.alone ? ', alone' : ''})`;
  }
}

export class Wait extends Command {
  private readonly ms: number;

  constructor(ms: number) {
    super();
    this.ms = ms;
  }

  override async act(_model: LifeModel, run: LifeRun): Promise<void> {
    await run.server.advance(this.ms);
  }

  override toString(): string {
    return `wait(${this.ms})`;
  }
}

/** What a plain Temporal client can do to any execution. */
class Interfere extends Command {
  private readonly how: 'cancel' | 'terminate';
  private readonly index: number;

  constructor(how: 'cancel' | 'terminate', index: number) {
    super();
    this.how = how;
    this.index = index;
  }

  override async act(_model: LifeModel, run: LifeRun): Promise<void> {
    const { open } = run.server;
    const execution = open[this.index % Math.max(1, open.length)];
    if (execution) await run.server[this.how](execution.identity.workflowId);
  }

  override toString(): string {
    return `${this.how}(${this.index})`;
  }
}

const speakers = fc.constantFrom('erin', 'lee', 'ola', 'erin', 'ola', 'carlos', 'dana');
const orders = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('pause', 'resume') },
  { weight: 1, arbitrary: fc.constant('rollback') }
) as fc.Arbitrary<'pause' | 'resume' | 'rollback'>;
const good = fc.nat(3).map((index) => new End(index, 'good'));
const answered = fc.tuple(fc.nat(3), speakers, fc.boolean()).map((of) => new Answer(...of));

export const lifeCommands = fc.commands<LifeModel, LifeRun, false>(
  [
    ...Array.from({ length: 7 }, () => good),
    fc.tuple(fc.nat(3), fc.constantFrom<Fortune[]>('bad', 'unclear', 'error', 'lost')).map((of) => new End(...of)),
    ...Array.from({ length: 4 }, () => answered),
    fc.constant(new Answer(0, 'erin', false)),
    fc.tuple(orders, fc.constantFrom('run' as const, 'phase' as const), fc.boolean()).map((of) => new Order(...of)),
    fc.constantFrom(1_000, 60_000).map((ms) => new Wait(ms)),
    fc.tuple(fc.constantFrom('cancel' as const, 'terminate' as const), fc.nat(2)).map((of) => new Interfere(...of)),
  ] as Array<fc.Arbitrary<LifeCommand>>,
  { maxCommands: 60, size: '+1' }
);
