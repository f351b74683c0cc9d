import { describe, expect, it } from 'vitest';
import type { Phase } from '../../src/plan/model.js';
import { PhaseInTime } from '../support/stage/phase-in-time.js';
import { span, step } from '../support/stage/plans.js';

const minute = 60_000;
const hour = 60 * minute;
const validFor = { ms: 30 * minute, planned: '30m' };
const backups = step.check('backups', { validFor });
const online = step.attest('online', { validFor, expires: span(24 * hour) });
const dashboard = step.attest('dashboard', { validFor, expires: span(24 * hour) });

async function begun(change: Partial<Phase>): Promise<PhaseInTime> {
  const phase = new PhaseInTime();
  await phase.startAtOnce({}, change);
  return phase;
}
const answer = (phase: PhaseInTime, item: string): Promise<unknown> =>
  phase.tell('attest', { by: 'erin', item, answer: 'done' });

describe('what is checked before a phase', () => {
  it('is checked again when it is older than it may be by the first change', async () => {
    const slow = await begun({ before: [backups, online] });
    await slow.server.advance(40 * minute);
    await answer(slow, 'online');
    expect(slow.steps).toEqual([
      '1a/backups#1 passed',
      '1a/online#1 passed',
      '1a/backups#2 passed',
      '1a/1aflag#1 passed',
    ]);
    expect(slow.execution.end?.how).toBe('completed');
  });

  it('is fresh up to its last minute, and nothing is made twice', async () => {
    const quick = await begun({ before: [backups, online] });
    await quick.server.advance(30 * minute - 1);
    await answer(quick, 'online');
    expect(quick.steps).toEqual(['1a/backups#1 passed', '1a/online#1 passed', '1a/1aflag#1 passed']);
  });

  it('is asked of people again, with the reason, when they answered too early', async () => {
    const slow = await begun({ before: [online, dashboard] });
    await answer(slow, 'online');
    await slow.server.advance(31 * minute);
    await answer(slow, 'dashboard');
    expect(slow.status.gates.map(({ address }) => address)).toEqual(['1a/online#2']);
    expect(slow.status.steps.at(-1)?.reason).toBe('the answer before is older than 30m');
    expect(slow.acts).toEqual([]);
    await slow.server.advance(5 * minute);
    await answer(slow, 'online');
    expect(slow.steps.slice(2)).toEqual(['1a/online#2 passed', '1a/1aflag#1 passed']);
  });

  it('is fresh again behind a pause, and behind a wait for its hours', async () => {
    const paused = await begun({ before: [backups, online] });
    await paused.tell('pause', { by: 'dana' });
    await answer(paused, 'online');
    await paused.server.advance(hour);
    await paused.tell('resume', { by: 'dana' });
    expect(paused.status.gates.map(({ address }) => address)).toEqual(['1a/online#2']);
    await answer(paused, 'online');
    expect(paused.steps.toSorted()).toEqual([
      '1a/1aflag#1 passed',
      '1a/backups#1 passed',
      '1a/backups#2 passed',
      '1a/online#1 passed',
      '1a/online#2 passed',
    ]);

    const late = await begun({
      schedule: { hours: { from: 600, to: 615 } },
      before: [backups, step.attest('team', { expires: span(24 * hour) })],
    });
    await late.server.advance(20 * minute);
    await answer(late, 'team');
    expect(late.status.sentence).toMatch(/^Waits until Mon 2026-11-23 10:00/);
    await late.server.advance(24 * hour);
    expect(late.steps).toEqual([
      '1a/backups#1 passed',
      '1a/team#1 passed',
      '1a/backups#2 passed',
      '1a/1aflag#1 passed',
    ]);
  });

  it('stays waived, and counts for ever where the plan sets no time', async () => {
    const waived = new PhaseInTime();
    waived.fortune = (task) => (task.type === 'runCheck' ? 'unclear' : 'good');
    await waived.startAtOnce({}, { before: [backups, step.attest('team', { expires: span(24 * hour) }), online] });
    await waived.tell('waive', { by: 'carlos', reason: 'it was made by hand' });
    await answer(waived, 'team');
    await waived.server.advance(2 * hour);
    await answer(waived, 'online');
    expect(waived.steps).toEqual([
      '1a/backups#1 waived',
      '1a/team#1 passed',
      '1a/online#1 passed',
      '1a/1aflag#1 passed',
    ]);
  });

  it('need not be fresh any more behind the first change', async () => {
    const long = await begun({
      before: [backups],
      steps: [step.flag('core'), step.attest('user', { expires: span(24 * hour) })],
    });
    expect(long.execution.timers.size).toBe(2);
    await long.server.advance(hour);
    await answer(long, 'user');
    expect(long.steps).toEqual(['1a/backups#1 passed', '1a/core#1 passed', '1a/user#1 passed']);
  });
});
