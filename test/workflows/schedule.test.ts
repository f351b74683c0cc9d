import { describe, expect, it } from 'vitest';
import type { Phase } from '../../src/plan/model.js';
import type { Fortune } from '../support/models/world.js';
import { PhaseInTime } from '../support/stage/phase-in-time.js';
import { span, step, windowSpec } from '../support/stage/plans.js';

const hour = 3_600_000;
const stable = step.check('stable', { check: { type: 'stable', phases: [], window: windowSpec() } });
/** May stay unanswered over night. */
const online = step.attest('online', { expires: span(24 * hour) });

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
        reason: 'its days (week 1, day 1) ended at Mon 2026-11-23 00:00 (UTC)',
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
  expect(waiting.status.sentence).toMatch(/^Waits until Mon 2026-11-23 00:00 \(UTC\) for week 1, days 2-3\. Next: /);
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

describe('a phase with hours, begun at ten in the morning', () => {
  const night = { hours: { from: 20 * 60, to: 6 * 60 } };

  it('waits for them with one timer, says until when in their zone, and asks again behind it', async () => {
    const waiting = new PhaseInTime();
    await waiting.start({ schedule: { ...night, timeZone: 'Europe/Berlin' } });
    expect(waiting.status.sentence).toBe(
      'Waits until Sun 2026-11-22 20:00 (Europe/Berlin) for hours 20:00-06:00. Next: Enable 1aflag.'
    );
    expect(waiting.status.opensAt).toBe(Date.UTC(2026, 10, 22, 19));
    await waiting.server.advance(9 * hour - 1);
    expect(waiting.acts).toEqual([]);
    await waiting.server.advance(1);
    expect(waiting.execution.end?.how).toBe('completed');
    expect(waiting.questions).toBe(2);
    expect(waiting.status).not.toHaveProperty('opening');
  });

  it('starts at once in them', async () => {
    const open = new PhaseInTime();
    await open.start({ schedule: { hours: { from: 9 * 60, to: 17 * 60 } } });
    expect(open.steps).toEqual(['1a/1aflag#1 passed']);
  });

  it('waits for the next ones when its checks took too long', async () => {
    const slow = new PhaseInTime();
    await slow.start({ schedule: night, before: [online] });
    await slow.server.advance(21 * hour);
    await slow.tell('attest', { by: 'erin', item: 'online', answer: 'done' });
    expect(slow.status.sentence).toMatch(/^Waits until Mon 2026-11-23 20:00 \(UTC\) for hours 20:00-06:00\./);
    expect(slow.acts).toEqual([]);
    await slow.server.advance(13 * hour);
    expect(slow.steps).toEqual(['1a/online#1 passed', '1a/1aflag#1 passed']);
  });

  it('waits for the next ones when a pause took too long, and for a pause when they have come', async () => {
    const paused = new PhaseInTime();
    await paused.start({ schedule: night });
    await paused.tell('pause', { by: 'dana' });
    await paused.server.advance(21 * hour);
    await paused.tell('resume', { by: 'dana' });
    expect(paused.status.sentence).toMatch(/^Waits until Mon 2026-11-23 20:00/);
    await paused.server.advance(14 * hour);
    expect(paused.execution.end?.how).toBe('completed');
  });

  it('waits for the next ones when a HOLD took too long', async () => {
    const held = new PhaseInTime();
    held.fortune = (task) => (task.type === 'runCheck' ? 'unclear' : 'good');
    await held.start({ schedule: { hours: { from: 600, to: 615 } }, before: [step.check('backups')] });
    await held.server.advance(hour / 3);
    held.fortune = () => 'good';
    await held.tell('retry', { by: 'dana' });
    expect(held.steps).toEqual(['1a/backups#1 failed', '1a/backups#2 passed']);
    expect(held.status.sentence).toMatch(/^Waits until Mon 2026-11-23 10:00/);
  });

  it('captures its baseline anew behind such a wait', async () => {
    const slow = new PhaseInTime();
    const { criteria } = windowSpec();
    const success = windowSpec({ criteria: criteria.map((one) => ({ ...one, increase: true })) });
    await slow.start({ schedule: night, before: [online], success });
    await slow.server.advance(21 * hour);
    await slow.tell('attest', { by: 'erin', item: 'online', answer: 'done' });
    await slow.server.advance(13 * hour);
    expect(slow.steps).toEqual([
      '1a/online#1 passed',
      '1a/baseline#1 passed',
      '1a/baseline#2 passed',
      '1a/1aflag#1 passed',
      '1a/success#1 passed',
    ]);
  });

  it('is a HOLD when none are left on its days', async () => {
    const late = new PhaseInTime();
    await late.start({ schedule: { week: 1, days: [1, 1], hours: { from: 480, to: 540 } } });
    expect(late.status.gates).toMatchObject([
      {
        address: '1a/schedule#1',
        reason:
          'its days (week 1, day 1) end at Mon 2026-11-23 00:00 (UTC), and it would have to wait until Mon 2026-11-23 08:00 (UTC) for hours 08:00-09:00',
        answers: ['retry', 'rollback', 'waive'],
      },
    ]);
    await late.tell('waive', { by: 'carlos', reason: 'agreed with the customer' });
    expect(late.execution.end?.how).toBe('completed');
  });
});

it('a phase without a schedule waits for the end of a blackout', async () => {
  const closed = new PhaseInTime();
  const sale = { from: '2026-11-22 00:00', to: '2026-11-23 00:00', reason: 'Sale' };
  await closed.startAtOnce({ blackouts: [sale] });
  expect(closed.status.sentence).toMatch(
    /^Waits until Mon 2026-11-23 00:00 \(UTC\) for the end of the blackout "Sale"\./
  );
  await closed.server.advance(14 * hour);
  expect(closed.execution.end?.how).toBe('completed');
});

describe('stability of earlier phases is recorded health, not time that has passed', () => {
  const twoDays = windowSpec({ length: span(48 * hour), deadline: span(144 * hour) });
  const of = { type: 'stable' as const, phases: ['1c'], window: twoDays };
  const stableFor48h = step.check('stable', { check: of });

  async function after(days: number, fortune: Fortune): Promise<PhaseInTime> {
    const last = new PhaseInTime();
    last.fortune = (task) => (task.type === 'watchWindow' ? fortune : 'good');
    last.completed = { '1c': { completedAt: last.server.now - days * 24 * hour } };
    await last.start({ before: [stableFor48h] });
    return last;
  }

  it('asks the source for the latest 48 hours when 1C was done long ago, and since then when it was done today', async () => {
    for (const [days, ago] of [
      [5, 48 * hour],
      [0.5, 12 * hour],
    ] as const) {
      const last = new PhaseInTime();
      last.watching = true;
      last.completed = { '1c': { completedAt: last.server.now - days * 24 * hour } };
      await last.start({ before: [stableFor48h] });
      const [task] = last.server.tasks;
      expect(task?.input).toMatchObject({
        t0: last.server.now - ago,
        reachBackMs: 48 * hour,
        spec: { length: { ms: 48 * hour } },
      });
    }
  });

  it('ends the phase before any change when that health was bad, however long ago 1C was done', async () => {
    const bad = await after(5, 'bad');
    expect(bad.execution.end?.failure?.applicationFailureInfo?.type).toBe('failed');
    expect(bad.acts).toEqual(['watchWindow']);
  });

  it('is a HOLD when nobody can tell', async () => {
    const unclear = await after(5, 'unclear');
    expect(unclear.status.gates.map(({ address }) => address)).toEqual(['1a/stable#1']);
  });
});
