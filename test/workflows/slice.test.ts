import { expect, it } from 'vitest';
import { PhaseInTime } from '../support/stage/phase-in-time.js';
import { step, windowSpec } from '../support/stage/plans.js';

it('no activity is told the blackouts, but the one that is asked when the phase may start', async () => {
  const phase = new PhaseInTime();
  const sale = { from: '2026-12-20 00:00', to: '2026-12-27 00:00', reason: 'Sale' };
  const told: string[] = [];
  phase.fortune = (task) => {
    told.push(`${task.type}: ${JSON.stringify(task.input).includes('Sale')}`);
    return 'good';
  };
  await phase.startAtOnce({ blackouts: [sale] }, { before: [step.check('backups')], success: windowSpec() });
  expect(phase.execution.end?.how).toBe('completed');
  expect(phase.questions).toBe(1);
  expect(told.length).toBeGreaterThan(2);
  expect(told.filter((line) => line.endsWith('true'))).toEqual([]);
});
