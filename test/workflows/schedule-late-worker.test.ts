import { describe, expect, it } from 'vitest';
import type { Environment, Phase } from '../../src/plan/model.js';
import { PhaseInTime } from '../support/stage/phase-in-time.js';
import { span, step } from '../support/stage/plans.js';

const minute = 60_000;
const hour = 60 * minute;
const online = step.attest('online', { expires: span(24 * hour) });
/** The run begins at ten. */
const sale = { from: '2026-11-22 10:05', to: '2026-11-23 00:00', reason: 'Sale' };

interface Late {
  change?: Partial<Phase>;
  where?: Partial<Environment>;
  backAfter: number;
  /** Whether the workflow's clock still shows when it was asked (decision 009). */
  lateClock?: boolean;
}

/** The worker dies when it has said when the phase may start; the next one comes so much later. */
async function late({ change, where = {}, backAfter, lateClock = false }: Late): Promise<PhaseInTime> {
  const phase = new PhaseInTime();
  const askedAt = phase.server.now;
  phase.diesWhenAsked = true;
  await phase.startAtOnce(where, change);
  await phase.server.advance(backAfter);
  expect(phase.steps).toEqual([]);
  phase.diesWhenAsked = false;
  await phase.server.back(lateClock ? askedAt : phase.server.now);
  return phase;
}

describe.each([
  ['', false],
  [', though the clock of the workflow is late', true],
])('what the schedule answered just before the worker died counts from the answer%s', (_how, lateClock) => {
  it.each<[string, Partial<Phase>, Partial<Environment>, string]>([
    ['its hours', { schedule: { hours: { from: 600, to: 605 } } }, {}, '10:00'],
    ['the time before a blackout', {}, { blackouts: [sale] }, '00:00'],
  ])('nothing is changed when %s ended meanwhile', async (_what, change, where, then) => {
    const phase = await late({ change, where, backAfter: 2 * hour, lateClock });
    expect(phase.acts).toEqual([]);
    expect(phase.status.sentence).toContain(`Waits until Mon 2026-11-23 ${then}`);
    await phase.server.advance(24 * hour);
    expect(phase.execution.end?.how).toBe('completed');
  });

  it('a freeze comes when it begins', async () => {
    const blackouts = [{ ...sale, from: '2026-11-22 11:00' }];
    const change = { schedule: { onFreeze: 'retreat' as const }, steps: [step.flag('core'), online] };
    const phase = await late({ change, where: { blackouts }, backAfter: hour / 2, lateClock });
    await phase.server.advance(hour / 2 - 1);
    expect(phase.world.changed).toEqual(['flag/FLAG_CORE']);
    await phase.server.advance(1);
    expect(phase.execution.end?.failure?.message).toContain('the plan says retreat');
  });
});

it('a phase that waits for its hours begins with them, however late the answer was seen', async () => {
  const phase = await late({ change: { schedule: { hours: { from: 720, to: 780 } } }, backAfter: hour });
  await phase.server.advance(hour - 1);
  expect(phase.acts).toEqual([]);
  await phase.server.advance(1);
  expect(phase.execution.end?.how).toBe('completed');
});

it('a phase asks again behind its wait: it waits on when its hours ended while no worker was there', async () => {
  const phase = new PhaseInTime();
  await phase.start({ schedule: { hours: { from: 720, to: 725 } } });
  phase.server.away = true;
  await phase.server.advance(3 * hour);
  await phase.server.back();
  expect(phase.acts).toEqual([]);
  expect(phase.status.sentence).toMatch(/^Waits until Mon 2026-11-23 12:00/);
});

it('a host whose clock is slow is asked once more behind a wait, not until its clock shows the hour', async () => {
  const phase = new PhaseInTime();
  phase.slowMs = 3 * minute;
  await phase.startAtOnce({}, { schedule: { hours: { from: 720, to: 780 } } });
  await phase.server.advance(2 * hour + phase.slowMs);
  expect(phase.execution.end?.how).toBe('completed');
  expect(phase.questions).toBe(2);
});

it('a resume that is seen together with the end of the hours does not come in time', async () => {
  const phase = new PhaseInTime();
  await phase.startAtOnce({}, { schedule: { hours: { from: 600, to: 630 } }, before: [online] });
  await phase.tell('pause', { by: 'dana' });
  await phase.tell('attest', { by: 'erin', item: 'online', answer: 'done' });
  phase.server.away = true;
  await phase.signal('resume', { by: 'dana' });
  await phase.server.advance(hour);
  await phase.server.back();
  expect(phase.steps).toEqual(['1a/online#1 passed']);
  expect(phase.acts).toEqual([]);
  expect(phase.status.sentence).toMatch(/^Waits until Mon 2026-11-23 10:00/);
});
