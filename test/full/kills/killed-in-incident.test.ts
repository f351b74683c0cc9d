import { expect, it } from 'vitest';
import type { IncidentStatus } from '../../../src/plan/watch-status.js';
import { goLive } from '../../support/live/live.js';
import { needs } from '../../support/needs.js';
import { approval, incidents, phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';

it(
  'a worker that is killed while a resolution is validated costs nothing: another goes on and the run with it',
  { timeout: 120_000 },
  async () => {
    needs('prometheus', 'apt-get install --no-install-recommends prometheus');
    const live = await goLive(['FLAG_CORE']);
    const first = await live.startWorker();
    const window = windowSpec({ length: span(6000), every: span(1000), deadline: span(30_000) });
    const run = await live.start(
      plan([phase('1a', { steps: [step.flag('core')], approval: approval() })], {
        incidents: incidents(),
        rollback: { metrics: ['success'], window, checks: [] },
      })
    );
    await live.until('the gate', async () => (await live.phase('1a')).gates.length === 1);
    const declared = { by: 'erin', severity: 2, reason: 'agents fail' };
    await run.executeUpdate<unknown, [unknown]>('declare', { args: [declared] });
    const incident = run.client.getHandle(`${run.workflowId}/incident/1`);
    await incident.executeUpdate<unknown, [unknown]>('resolve', { args: [{ by: 'lee', reason: 'restarted' }] });
    const watching = async (): Promise<boolean> =>
      ((await incident.describe()).raw.pendingActivities ?? []).some(
        (one) => one.activityType?.name === 'watchWindow' && one.lastHeartbeatTime
      );
    await live.until('the validation', watching);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    await live.startWorker();
    const status = (): Promise<IncidentStatus> =>
      incident.query<IncidentStatus>('status').catch(() => ({}) as IncidentStatus);
    await live.until('its resolution', async () => (await status()).state === 'resolved');
    expect((await status()).resolution).toMatchObject({ by: 'lee', verdict: 'PASS' });
    await run.executeUpdate<unknown, [unknown]>('approve', { args: [{ by: 'lee' }] });
    expect((await run.result()).outcome?.kind).toBe('completed');
  }
);
