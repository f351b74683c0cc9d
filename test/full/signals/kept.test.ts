import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import type { Phase } from '../../../src/plan/model.js';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import { LittleTemporal } from '../../support/models/engine/little-temporal.js';
import { deploymentPhase, migration, rollback } from '../../support/models/engine/workflows.js';
import { ModelWorld } from '../../support/models/world.js';
import { approval, environment, phase, plan, runInput, span, step } from '../../support/stage/plans.js';
import { Inbox } from '../../../src/workflows/messages.js';
import { badSignals, kindsOf, type BadSignal, type Past } from './bad-signals.js';

const seed = Number(process.env.SIGNALS_SEED ?? randomInt(2 ** 31));
const runId = 'migration/x/test-plan';
const hour = 3_600_000;
/** Answers that a run hands on, as its turnstile says. */
const mostHandedOn = 1000;

afterEach(() => vi.restoreAllMocks());

/** A run on a clock of its own, at the second attempt at its approval: the first one expired and was held. */
class Approaching {
  private readonly listening = vi.spyOn(Inbox.prototype, 'on');
  readonly world = new ModelWorld();
  readonly server = new LittleTemporal({ migration, deploymentPhase, rollback }, (task) => {
    return this.world.instant(task) ?? this.world.end(task, 'good');
  });

  async begin(): Promise<Past> {
    const patient = approval({ expires: span(hour), remindEvery: span(hour), onExpiry: 'hold' });
    const first: Partial<Phase> = { before: [step.attest('team', { onFail: 'hold' })], approval: patient };
    const phases = [phase('0a'), phase('1a', { after: ['0a'], ...first })];
    const input = runInput(plan(phases, { hold: { deadline: span(hour), then: 'rollback' } }), environment('x'));
    await this.server.start('migration', runId, input);
    await this.tell('attest', { by: 'erin', item: 'team', answer: 'failed', reason: 'ill' });
    await this.tell('retry', { by: 'dana' });
    await this.tell('attest', { by: 'erin', item: 'team', answer: 'done' });
    const digest = this.phase.gates[0]?.digest ?? '';
    await this.server.advance(hour);
    await this.tell('retry', { by: 'dana' });
    return { endedPhase: '0a', digest };
  }

  get phase(): PhaseStatus {
    const execution = this.server.find(`${runId}/phase/1a`);
    if (!execution) throw new Error('phase 1a was not started');
    return execution.query('status');
  }

  tell(name: string, payload: unknown): Promise<unknown> {
    return this.server.update(`${runId}/phase/1a`, name, payload);
  }

  async send({ to, name, payload }: BadSignal): Promise<void> {
    if ('raw' in payload) return;
    const workflowId = { run: runId, phase: `${runId}/phase/1a`, ended: `${runId}/phase/0a` }[to];
    await this.server.signal(workflowId, name, payload.args.length > 1 ? payload.args : payload.args[0]);
  }

  /** What is kept of messages, workflow by workflow: ids of those that were taken, and refusals. */
  get kept(): Array<{ ids: number; refusals: number }> {
    return [...new Set(this.listening.mock.contexts as Inbox[])].map((inbox) => ({
      ids: inbox['seen'].size,
      refusals: inbox.refusals.length,
    }));
  }
}

it('workflows keep the latest refusals of bad signals, and no id of what they refused', async () => {
  const life = new Approaching();
  const past = await life.begin();
  const { refusals: _none, ...before } = life.phase;
  expect(before.gates).toMatchObject([{ address: '1a/approval#2' }]);
  expect(before.gates[0]?.digest).not.toBe(past.digest);

  process.stdout.write(`SIGNALS_SEED=${seed} repeats it\n`);
  const signals = fc.sample(badSignals(past), { numRuns: 10_000, seed });
  for (const number of Object.values(kindsOf(signals))) expect(number).toBeGreaterThan(1000);
  const [start] = life.kept;
  for (const [from, to] of [
    [0, 1_000],
    [1_000, 10_000],
  ] as const) {
    for (const signal of signals.slice(from, to)) await life.send(signal);
    const [ofRun, ofEnded, ofPhase, ...others] = life.kept;
    process.stdout.write(`${to} sent: ${JSON.stringify(life.kept)}\n`);
    expect(others).toEqual([]);
    expect(ofRun?.ids).toBeLessThanOrEqual((start?.ids ?? 0) + mostHandedOn);
    // A repetition costs a phase no activity, so none is turned away: what bounds them are the 10,000 signals that the
    // server takes for one execution.
    expect(ofPhase?.ids).toBeLessThanOrEqual(signals.slice(0, to).filter(isRepetition).length);
    expect([ofRun?.refusals, ofEnded?.refusals, ofPhase?.refusals]).toEqual([20, 0, 20]);
    const { refusals: _kept, ...after } = life.phase;
    expect(after).toEqual(before);
  }
});

it('a run remembers the ids of no more signals than it hands on', async () => {
  const life = new Approaching();
  await life.begin();
  const [start] = life.kept;
  for (let n = 0; n < mostHandedOn + 100; n += 1) {
    await life.send({ kind: 'late', to: 'run', name: 'resume', payload: { args: [{ by: 'dana', id: `again ${n}` }] } });
  }
  const [ofRun] = life.kept;
  expect(ofRun).toEqual({ ids: (start?.ids ?? 0) + mostHandedOn, refusals: 20 });
});

/** Harmless, so that a phase takes it: what was answered and resumed already, under an id of its own. */
function isRepetition({ to, name, payload }: BadSignal): boolean {
  if (to === 'ended' || 'raw' in payload) return false;
  const said = payload.args[0] as { id?: string; item?: string; by?: string };
  return said?.id !== undefined && (name === 'resume' || (name === 'attest' && said.item === '1a/team'));
}
