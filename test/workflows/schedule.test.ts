import { describe, expect, it } from 'vitest';
import type { HostActivities } from '../../src/activities/contract.js';
import type { Environment, Phase } from '../../src/plan/model.js';
import type { PhaseStatus } from '../../src/plan/run-status.js';
import { phaseOpening } from '../../src/plan/schedule.js';
import type { Execution } from '../support/models/engine/execution.js';
import { refusal } from '../support/models/engine/failures.js';
import { LittleTemporal } from '../support/models/engine/little-temporal.js';
import { deploymentPhase, rollback } from '../support/models/engine/workflows.js';
import { ModelWorld } from '../support/models/world.js';
import { environment, phase, plan, span, step, windowSpec } from '../support/stage/plans.js';

const hour = 3_600_000;
const id = 'migration/x/test-plan/phase/1a';
const stable = step.check('stable', { check: { type: 'stable', phases: [], window: windowSpec() } });
/** May stay unanswered over night. */
const online = step.attest('online', { expires: span(24 * hour) });

/** The phase of a run that began at ten in the morning, on a clock that only the test moves. */
class PhaseInTime {
  readonly world = new ModelWorld();
  readonly server = new LittleTemporal({ deploymentPhase, rollback }, (task) => {
    if (task.type === 'watchWindow' && this.watching) return undefined;
    if (task.type !== 'scheduleOpening') return this.world.instant(task) ?? this.world.end(task, 'good');
    if (this.noCalendar) return { failure: refusal('there is no calendar') };
    const asked = task.input as Parameters<HostActivities['scheduleOpening']>[0];
    const opening = phaseOpening(asked.schedule, asked.runStartedAt, asked.timeZone, asked.compression);
    return { result: { ...opening, askedAt: this.server.now } };
  });
  /** Windows go on until `seen`. */
  watching = false;
  /** Nobody can tell which days are meant. */
  noCalendar = false;
  private readonly runStartedAt = this.server.now;

  async start(change: Partial<Phase>, where: Partial<Environment> = {}): Promise<void> {
    const frozen = plan([]);
    const run = { workflowId: 'migration/x/test-plan', runId: 'run', planId: frozen.id, planTitle: frozen.title };
    await this.server.start('deploymentPhase', id, {
      schemaVersion: 1,
      run: { ...run, digest: '', startedBy: 'dana', startedAt: this.runStartedAt },
      phase: phase('1a', { schedule: { week: 1, days: [1, 1] }, ...change }),
      environment: environment('x', { notify: [], ...where }),
      hold: { deadline: span(hour / 2), then: 'rollback' },
      rollback: frozen.rollback,
      waivers: frozen.waivers,
      completed: {},
    });
  }

  async seen(): Promise<void> {
    const task = this.server.tasks.find(({ type }) => type === 'watchWindow');
    if (!task) throw new Error('no window is open');
    await this.server.finish(task, this.world.end(task, 'good'));
  }

  /** What the phase did in the world so far. */
  get acts(): string[] {
    return this.execution.history.map(({ type }) => type).filter((type) => /Check|Window|Change/.test(type));
  }

  tell(name: string, payload: unknown): Promise<unknown> {
    return this.server.update(id, name, payload);
  }

  get execution(): Execution {
    const execution = this.server.find(id);
    if (!execution) throw new Error('the phase was not started');
    return execution;
  }

  get status(): PhaseStatus {
    return this.execution.query('status');
  }

  get steps(): string[] {
    return this.status.steps.map(({ address, state }) => `${address} ${state}`);
  }
}

async function afterItsDays(change: Partial<Phase> = {}): Promise<PhaseInTime> {
  const late = new PhaseInTime();
  await late.server.advance(14 * hour);
  await late.start(change);
  return late;
}

describe('a phase whose days are over', () => {
  it('is a HOLD before anything else, which says why, who decides, until when, and what comes then', async () => {
    const late = await afterItsDays({ before: [stable, step.check('backups')] });
    const { gates, sentence } = late.status;
    expect(gates).toMatchObject([
      {
        address: '1a/schedule#1',
        kind: 'hold',
        reason: 'its days (week 1, day 1, UTC) ended at 2026-11-23 00:00:00Z',
        people: ['dana', 'carlos'],
        answers: ['retry', 'rollback', 'waive'],
        deadlineAt: late.server.now + hour / 2,
        then: 'end the run',
      },
    ]);
    expect(sentence).toMatch(/^On hold at 1a\/schedule#1: its days .* Waits for dana or carlos to retry, rollback or/);
    expect(late.acts).toEqual([]);
  });

  it('goes on by a waiver, which is good for all of it', async () => {
    const late = await afterItsDays({ before: [online] });
    await late.tell('waive', { by: 'carlos', reason: 'agreed with the customer' });
    await late.server.advance(12 * hour);
    await late.tell('attest', { by: 'erin', item: 'online', answer: 'done' });
    expect(late.execution.end?.how).toBe('completed');
    expect(late.status.waivers).toMatchObject([{ address: '1a/schedule#1', reason: 'agreed with the customer' }]);
    expect(late.steps).toEqual(['1a/schedule#1 waived', '1a/online#1 passed', '1a/1aflag#1 passed']);
  });

  it('is on hold again after retry, since no day comes back', async () => {
    const late = await afterItsDays();
    await late.tell('retry', { by: 'dana' });
    expect(late.steps).toEqual(['1a/schedule#1 failed', '1a/schedule#2 on hold']);
  });

  it.each([
    ['nobody decides by the deadline', (late: PhaseInTime) => late.server.advance(hour)],
    ['somebody says so', (late: PhaseInTime) => late.tell('rollback', { by: 'dana', reason: 'too late' })],
  ])('ends without a change when %s', async (_what, decide) => {
    const late = await afterItsDays();
    await decide(late);
    expect(late.execution.end?.failure?.applicationFailureInfo?.type).toBe('failed');
    expect(late.acts).toEqual([]);
  });
});

describe('a phase of which nobody can tell when its days are', () => {
  async function withoutCalendar(): Promise<PhaseInTime> {
    const lost = new PhaseInTime();
    lost.noCalendar = true;
    await lost.start({ before: [step.check('backups')] });
    return lost;
  }

  it('is a HOLD before anything else, which says why', async () => {
    const lost = await withoutCalendar();
    expect(lost.steps).toEqual(['1a/schedule#1 on hold']);
    expect(lost.status.sentence).toContain('there is no calendar');
    expect(lost.acts).toEqual([]);
  });

  it('asks again on retry, and goes on when they are known', async () => {
    const lost = await withoutCalendar();
    await lost.tell('retry', { by: 'dana' });
    expect(lost.steps).toEqual(['1a/schedule#1 failed', '1a/schedule#2 on hold']);
    lost.noCalendar = false;
    await lost.tell('retry', { by: 'dana' });
    expect(lost.steps).toContain('1a/schedule#3 passed');
    expect(lost.execution.end?.how).toBe('completed');
  });

  it('starts by a waiver, and is not asked for its days again', async () => {
    const lost = await withoutCalendar();
    await lost.tell('waive', { by: 'carlos', reason: 'today is the day' });
    expect(lost.steps).toEqual(['1a/schedule#1 waived', '1a/backups#1 passed', '1a/1aflag#1 passed']);
  });

  it('ends without a change when nobody decides', async () => {
    const lost = await withoutCalendar();
    await lost.server.advance(hour);
    expect(lost.execution.end?.failure?.applicationFailureInfo?.type).toBe('failed');
    expect(lost.acts).toEqual([]);
  });
});

describe('the days of a phase are looked at again', () => {
  it('when stability took too long, before the rest is checked', async () => {
    const slow = new PhaseInTime();
    slow.watching = true;
    await slow.start({ before: [stable, step.check('backups')] });
    await slow.server.advance(14 * hour);
    await slow.seen();
    expect(slow.steps).toEqual(['1a/stable#1 passed', '1a/schedule#1 on hold']);
    expect(slow.acts).toEqual(['watchWindow']);
  });

  it('when what was checked before took too long', async () => {
    const slow = new PhaseInTime();
    await slow.start({ before: [online] });
    expect(slow.status.gates.map((gate) => gate.address)).toEqual(['1a/online#1']);
    await slow.server.advance(14 * hour);
    await slow.tell('attest', { by: 'erin', item: 'online', answer: 'done' });
    expect(slow.steps).toEqual(['1a/online#1 passed', '1a/schedule#1 on hold']);
    expect(slow.acts).toEqual([]);
  });

  it('when a pause before the first step took too long', async () => {
    const paused = new PhaseInTime();
    await paused.start({ before: [online] });
    await paused.tell('pause', { by: 'dana' });
    await paused.tell('attest', { by: 'erin', item: 'online', answer: 'done' });
    await paused.server.advance(14 * hour);
    expect(paused.status.state).toBe('paused');
    await paused.tell('resume', { by: 'dana' });
    expect(paused.steps).toEqual(['1a/online#1 passed', '1a/schedule#1 on hold']);
    expect(paused.acts).toEqual([]);
  });

  it('but not behind its first change: what began in time is finished', async () => {
    const begun = new PhaseInTime();
    await begun.start({ steps: [step.flag('core'), step.attest('user', { expires: span(24 * hour) })] });
    await begun.server.advance(14 * hour);
    await begun.tell('attest', { by: 'erin', item: 'user', answer: 'done' });
    expect(begun.execution.end?.how).toBe('completed');
  });
});

it('a phase on its own days waits for them and then begins', async () => {
  const waiting = new PhaseInTime();
  await waiting.start({ schedule: { week: 1, days: [2, 3] } });
  expect(waiting.status.sentence).toMatch(/^Waits for its time to begin at 2026-11-23 00:00:00Z/);
  await waiting.server.advance(14 * hour);
  expect(waiting.execution.end?.how).toBe('completed');
  expect(waiting.steps).toEqual(['1a/1aflag#1 passed']);
});

it('in compressed time no phase is late, however long people take', async () => {
  const slow = new PhaseInTime();
  await slow.start({ before: [online] }, { compression: { scale: 100_000 } });
  await slow.server.advance(20 * hour);
  await slow.tell('attest', { by: 'erin', item: 'online', answer: 'done' });
  expect(slow.execution.end?.how).toBe('completed');
});
