import { describe, expect, it } from 'vitest';
import type { Phase, Step } from '../../src/plan/model.js';
import { PhaseInTime } from '../support/stage/phase-in-time.js';
import { span, step, windowSpec } from '../support/stage/plans.js';

const minute = 60_000;
const hour = 60 * minute;
const lasting = { expires: span(24 * hour) };
const user = step.attest('user', lasting);
const backups = step.check('backups', { validFor: { ms: 30 * minute, planned: '30m' } });
const morning = { hours: { from: 600, to: 630 } };
/** The run begins at ten. */
const sale = { from: '2026-11-22 11:00', to: '2026-11-23 00:00', reason: 'Sale' };

async function begun(change: Partial<Phase>, blackouts = [sale]): Promise<PhaseInTime> {
  const phase = new PhaseInTime();
  phase.watching = true;
  await phase.startAtOnce({ blackouts }, change);
  return phase;
}
const answer = (phase: PhaseInTime, item = 'user'): Promise<unknown> =>
  phase.tell('attest', { by: 'erin', item, answer: 'done' });

describe('a phase that only asks and looks so far has not made its first change', () => {
  it.each<[string, Step, (phase: PhaseInTime) => Promise<unknown>]>([
    ['an attestation', user, answer],
    ['a watch', step.watch('window'), (phase) => phase.seen()],
  ])('it waits when %s ahead of that took longer than its hours', async (_what, ahead, end) => {
    const phase = await begun({ schedule: morning, steps: [ahead, step.flag('core')] }, []);
    await phase.server.advance(12 * hour);
    await end(phase);
    expect(phase.world.changed).toEqual([]);
    expect(phase.status.sentence).toMatch(/^Waits until Mon 2026-11-23 10:00/);
    await phase.server.advance(12 * hour);
    expect(phase.execution.end?.how).toBe('completed');
    expect(phase.steps).toEqual([`1a/${ahead.id}#1 passed`, '1a/core#1 passed']);
  });

  it('it waits when a check ahead of that was on hold into a blackout', async () => {
    const phase = new PhaseInTime();
    phase.fortune = (task) => (task.type === 'runCheck' ? 'unclear' : 'good');
    const blackouts = [{ ...sale, from: '2026-11-22 10:15' }];
    await phase.startAtOnce({ blackouts }, { steps: [step.check('queue'), step.flag('core')] });
    await phase.server.advance(hour / 3);
    phase.fortune = () => 'good';
    await phase.tell('retry', { by: 'dana' });
    expect(phase.steps).toEqual(['1a/queue#1 failed', '1a/queue#2 passed']);
    expect(phase.status.sentence).toMatch(/^Waits until Mon 2026-11-23 00:00/);
  });

  it('it waits before each of those steps', async () => {
    const steps = [user, step.attest('tools', lasting), step.flag('core')];
    const phase = await begun({ steps });
    await phase.server.advance(2 * hour);
    await answer(phase);
    expect(phase.status.gates).toEqual([]);
    expect(phase.status.sentence).toMatch(/^Waits until Mon 2026-11-23 00:00/);
    await phase.server.advance(12 * hour);
    expect(phase.status.gates.map(({ address }) => address)).toEqual(['1a/tools#1']);
  });

  it('it has nothing to take back in a freeze', async () => {
    const phase = await begun({ schedule: { onFreeze: 'retreat' }, steps: [user, step.flag('core')] });
    await phase.server.advance(2 * hour);
    await answer(phase);
    await phase.server.advance(12 * hour);
    expect(phase.execution.end?.how).toBe('completed');
  });

  it('what was checked before is fresh when that change comes, and the baseline is captured anew', async () => {
    const { criteria } = windowSpec();
    const success = windowSpec({ criteria: criteria.map((one) => ({ ...one, increase: true })) });
    const phase = await begun({ before: [backups], steps: [user, step.flag('core')], success }, []);
    await phase.server.advance(40 * minute);
    await answer(phase);
    await phase.seen();
    expect(phase.steps).toEqual([
      '1a/backups#1 passed',
      '1a/baseline#1 passed',
      '1a/user#1 passed',
      '1a/backups#2 passed',
      '1a/baseline#2 passed',
      '1a/core#1 passed',
      '1a/success#1 passed',
    ]);
  });
});

it.each([step.flag('core'), step.deployTo('core'), step.traffic('ramp', 'FLAG_CORE')])(
  'behind $kind, the first change, it is finished, and nothing is checked again',
  async (change) => {
    const phase = new PhaseInTime();
    const steps = [step.check('queue'), change, user, step.flag('tools')];
    await phase.startAtOnce({ blackouts: [sale] }, { schedule: morning, before: [backups], steps });
    await phase.server.advance(2 * hour);
    // No timer lies between the answer and the next change.
    phase.server.shortMs = 0;
    await answer(phase);
    expect(phase.execution.end?.how).toBe('completed');
    expect(phase.steps).toEqual([
      '1a/backups#1 passed',
      '1a/queue#1 passed',
      `1a/${change.id}#1 passed`,
      '1a/user#1 passed',
      '1a/tools#1 passed',
    ]);
  }
);

it('a phase that changes nothing is finished by its last step', async () => {
  const phase = await begun({
    schedule: { onFreeze: 'retreat' },
    before: [backups],
    steps: [user],
    success: windowSpec(),
  });
  await phase.server.advance(10 * minute);
  await answer(phase);
  await phase.server.advance(2 * hour);
  await phase.seen();
  expect(phase.execution.end?.how).toBe('completed');
  expect(phase.steps).toEqual(['1a/backups#1 passed', '1a/user#1 passed', '1a/success#1 passed']);
});
