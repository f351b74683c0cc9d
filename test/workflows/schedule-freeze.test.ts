import { describe, expect, it } from 'vitest';
import type { Phase, Schedule } from '../../src/plan/model.js';
import { PhaseInTime } from '../support/stage/phase-in-time.js';
import { span, step, windowSpec } from '../support/stage/plans.js';

const hour = 3_600_000;
/** The run begins at ten. */
const sale = { from: '2026-11-22 11:00', to: '2026-11-23 00:00', reason: 'Sale' };
const began = 'the blackout "Sale" began at Sun 2026-11-22 11:00 (UTC)';
const user = step.attest('user', { expires: span(24 * hour) });
const steps = [step.flag('core'), user, step.flag('tools')];

async function begun(schedule: Schedule | undefined, change: Partial<Phase> = {}): Promise<PhaseInTime> {
  const phase = new PhaseInTime();
  await phase.startAtOnce({ blackouts: [sale] }, { steps, ...(schedule ? { schedule } : {}), ...change });
  return phase;
}
const answer = (phase: PhaseInTime): Promise<unknown> =>
  phase.tell('attest', { by: 'erin', item: 'user', answer: 'done' });

describe('a freeze that begins in mid-phase', () => {
  it('lets the phase finish where the plan says nothing', async () => {
    const phase = await begun(undefined);
    await phase.server.advance(2 * hour);
    await answer(phase);
    expect(phase.execution.end?.how).toBe('completed');
    expect(phase.questions).toBe(1);
  });

  it('holds before the next step, and says why, who decides, until when, and what comes then', async () => {
    const phase = await begun({ onFreeze: 'hold' });
    await phase.server.advance(2 * hour);
    expect(phase.steps).toEqual(['1a/core#1 passed', '1a/user#1 waiting']);
    await answer(phase);
    expect(phase.steps).toEqual(['1a/core#1 passed', '1a/user#1 passed', '1a/freeze#1 on hold']);
    expect(phase.status.gates).toMatchObject([
      {
        address: '1a/freeze#1',
        kind: 'hold',
        reason: began,
        answers: ['retry', 'rollback', 'waive'],
        deadlineAt: phase.server.now + hour / 2,
        then: 'roll back 1a',
      },
    ]);
  });

  it('goes on by a waiver, which is good for all of the phase', async () => {
    const phase = await begun(
      { onFreeze: 'hold', onHoursEnd: 'retreat', hours: { from: 600, to: 900 } },
      { steps: [...steps, { ...user, id: 'last' }] }
    );
    await phase.server.advance(2 * hour);
    await answer(phase);
    await phase.tell('waive', { by: 'carlos', reason: 'half of it is worse' });
    await phase.server.advance(10 * hour);
    await phase.tell('attest', { by: 'erin', item: 'last', answer: 'done' });
    expect(phase.steps.slice(2)).toEqual(['1a/freeze#1 waived', '1a/tools#1 passed', '1a/last#1 passed']);
    expect(phase.status.waivers).toMatchObject([{ address: '1a/freeze#1' }]);
  });

  it('is asked about again on retry: it lasts, and then it is over', async () => {
    const phase = new PhaseInTime();
    const short = { ...sale, to: '2026-11-22 11:20' };
    await phase.startAtOnce({ blackouts: [short] }, { steps, schedule: { week: 1, days: [1, 1], onFreeze: 'hold' } });
    await phase.server.advance(hour);
    await answer(phase);
    await phase.tell('retry', { by: 'dana' });
    expect(phase.status.gates).toMatchObject([
      {
        address: '1a/freeze#2',
        reason: `${began}; it lasts until Sun 2026-11-22 11:20 (UTC) for the end of the blackout "Sale"`,
      },
    ]);
    await phase.server.advance(hour / 3);
    await phase.tell('retry', { by: 'dana' });
    expect(phase.steps.slice(2)).toEqual([
      '1a/freeze#1 failed',
      '1a/freeze#2 failed',
      '1a/freeze#3 passed',
      '1a/tools#1 passed',
    ]);
    expect(phase.execution.end?.how).toBe('completed');
  });

  it('is a HOLD as any other: nobody by the deadline means that the phase is taken back', async () => {
    const phase = await begun({ onFreeze: 'hold' });
    await phase.server.advance(2 * hour);
    await answer(phase);
    await phase.server.advance(hour);
    expect(phase.execution.end?.failure?.applicationFailureInfo?.type).toBe('rolled-back-verified');
    expect(phase.world.changed).toEqual([]);
  });

  it('lets a running window finish before it holds', async () => {
    const phase = new PhaseInTime();
    phase.watching = true;
    const watched = [step.flag('core'), step.watch('window'), step.flag('tools')];
    await phase.startAtOnce({ blackouts: [sale] }, { steps: watched, schedule: { onFreeze: 'hold' } });
    await phase.server.advance(2 * hour);
    expect(phase.steps).toEqual(['1a/core#1 passed', '1a/window#1 running']);
    await phase.seen();
    expect(phase.steps).toEqual(['1a/core#1 passed', '1a/window#1 passed', '1a/freeze#1 on hold']);
  });

  it('holds between two shares of a ramp', async () => {
    const phase = new PhaseInTime();
    phase.watching = true;
    const ramp = [step.flag('core'), step.traffic('ramp', 'FLAG_CORE')];
    await phase.startAtOnce({ blackouts: [sale] }, { steps: ramp, schedule: { onFreeze: 'hold' } });
    await phase.server.advance(2 * hour);
    await phase.seen();
    expect(phase.steps).toEqual(['1a/core#1 passed', '1a/ramp#1 running', '1a/freeze#1 on hold']);
    expect(phase.status.ledger.map(({ id }) => id)).toEqual(['1a/core#1', '1a/ramp@50#1']);
    await phase.tell('waive', { by: 'carlos', reason: 'half of it is worse' });
    await phase.seen();
    expect(phase.execution.end?.how).toBe('completed');
  });

  it('does not hold what only looks: success criteria go on', async () => {
    const phase = new PhaseInTime();
    phase.watching = true;
    await phase.startAtOnce({ blackouts: [sale] }, { success: windowSpec(), schedule: { onFreeze: 'hold' } });
    await phase.server.advance(2 * hour);
    await phase.seen();
    expect(phase.execution.end?.how).toBe('completed');
  });

  it.each([
    ['a step', {}],
    ['the success criteria', { steps: [step.flag('core')], success: windowSpec() }],
  ])('retreats in the middle of %s, at once, and says why', async (_what, change) => {
    const phase = new PhaseInTime();
    phase.watching = true;
    await phase.startAtOnce({ blackouts: [sale] }, { steps, schedule: { onFreeze: 'retreat' }, ...change });
    await phase.server.advance(hour - 1);
    expect(phase.world.changed).toEqual(['flag/FLAG_CORE']);
    phase.watching = false;
    await phase.server.advance(1);
    expect(phase.execution.end?.failure?.message).toBe(
      `rolled-back-verified: ${began}, and for that the plan says retreat`
    );
    expect(phase.world.changed).toEqual([]);
  });

  it('is left to people where the way back is closed', async () => {
    const closed = [step.flag('core', { cannotUndo: 'the old table is dropped' }), user, step.flag('tools')];
    const phase = await begun({ onFreeze: 'retreat' }, { steps: closed });
    await phase.server.advance(2 * hour);
    await answer(phase);
    expect(phase.steps.at(-1)).toBe('1a/freeze#1 on hold');
  });

  it('may be the end of the hours', async () => {
    const phase = await begun({ hours: { from: 600, to: 630 }, onHoursEnd: 'hold' });
    await phase.server.advance(hour);
    await answer(phase);
    expect(phase.status.gates[0]?.reason).toBe('its hours 10:00-10:30 ended at Sun 2026-11-22 10:30 (UTC)');
  });

  it('is nothing to a phase that has not begun: that one waits', async () => {
    const phase = await begun({ onFreeze: 'retreat' }, { before: [user], steps: [step.flag('core')] });
    await phase.server.advance(2 * hour);
    await answer(phase);
    expect(phase.status.sentence).toMatch(/^Waits until Mon 2026-11-23 00:00/);
    await phase.server.advance(12 * hour);
    expect(phase.execution.end?.how).toBe('completed');
  });
});
