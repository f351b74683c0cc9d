import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { migrationId, workflowQueue } from '../../../src/plan/names.js';
import { searchAttributes } from '../../../src/plan/search-attributes.js';
import type { migration } from '../../../src/workflows/migration.js';
import { goLive } from '../../support/live/live.js';
import { needs } from '../../support/needs.js';
import { approval, phase, plan, runInput, step } from '../../support/stage/plans.js';

const rollback = { metrics: [], window: { ...step.watch('none').window, criteria: [] }, checks: [] };

describe('the metrics of a real worker', { timeout: 180_000 }, () => {
  it('tell of a run: phases, steps, flags as their system has them, who is awaited, the way back, and its end', async () => {
    needs('prometheus', 'apt-get install --no-install-recommends prometheus');
    const live = await goLive(['FLAG_ONE', 'FLAG_TWO']);
    const worker = await live.startWorker();
    const log = readFileSync(worker.logFile, 'utf8');
    const [, health = ''] = /health (http:\/\/127\.0\.0\.1:\d+)/.exec(log) ?? [];
    const exported = async (): Promise<string[]> => {
      const text = await (await fetch(`${health}/metrics`)).text();
      const own = `environment="${live.environment.id}",plan="test-plan"`;
      return text
        .split('\n')
        .filter((line) => line.includes(live.environment.id) && !line.startsWith('#'))
        .map((line) => line.replace(own, '').replace('{,', '{'));
    };
    const shows = (line: string): Promise<unknown> =>
      live.until(line, async () => (await exported()).includes(line) || undefined);

    const planned = plan(
      [
        phase('1a', { steps: [step.flag('one', { key: 'FLAG_ONE', percent: 25 })] }),
        phase('1b', {
          after: ['1a'],
          steps: [step.flag('two', { key: 'FLAG_TWO', cannotUndo: 'what was sent is sent' })],
          approval: approval(),
        }),
      ],
      { rollback }
    );
    const handle = await live.client.workflow.start<typeof migration>('migration', {
      workflowId: migrationId(live.environment.id, planned.id),
      taskQueue: workflowQueue,
      args: [runInput(planned, live.environment)],
      // As `phasegate start` does.
      typedSearchAttributes: [
        { key: searchAttributes.plan, value: planned.id },
        { key: searchAttributes.environment, value: live.environment.id },
      ],
    });
    await shows('phasegate_gates_open{kind="approval"} 1');
    const lines = await exported();
    expect(lines).toEqual(
      expect.arrayContaining([
        'phasegate_run_read{} 1',
        'phasegate_phase_state{phase="1a",state="completed"} 1',
        'phasegate_phase_state{phase="1b",state="waiting"} 1',
        'phasegate_step_state{phase="1b",step="two",state="passed"} 1',
        'phasegate_flag_exposure_ratio{flag="FLAG_ONE"} 0.25',
        'phasegate_flag_exposure_ratio{flag="FLAG_TWO"} 0.05',
        'phasegate_changes_in_force{undo="possible"} 1',
        'phasegate_changes_in_force{undo="impossible"} 1',
        'phasegate_rollback_ready{} 0',
      ])
    );

    await live.client.workflow.getHandle(`${handle.workflowId}/phase/1b`).signal('approve', { by: 'erin' });
    await handle.result();
    await shows('phasegate_run_state{state="completed"} 1');
    expect((await exported()).filter((line) => /phase_state|gates_open|rollback_ready/.test(line))).toEqual([]);
  });
});
