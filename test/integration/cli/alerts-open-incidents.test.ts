import { expect, it, onTestFinished } from 'vitest';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import { incidentWorkflowId } from '../../../src/plan/names.js';
import type { RunStatus } from '../../../src/plan/run-status.js';
import type { IncidentStatus } from '../../../src/plan/watch-status.js';
import { startAlertmanager } from '../../support/alert/alertmanager.js';
import { goLive } from '../../support/live/live.js';
import { needs } from '../../support/needs.js';
import { guardedMetrics } from '../../support/stage/guarded.js';
import { approval, incidents, phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';
import { failureOf } from '../../support/stage/stage.js';
import { receive, token } from './receiving.js';

const install = 'apt-get install --no-install-recommends prometheus-alertmanager';

it(
  'an alert of a real Alertmanager opens one incident, as severe as it is, and severity 1 puts the flag back',
  { timeout: 120_000 },
  async () => {
    needs('prometheus', PROMETHEUS_INSTALL);
    const program = needs('prometheus-alertmanager', install);
    const live = await goLive(['FLAG_ONE']);
    await live.startWorker();
    const flag = step.flag('one', { key: 'FLAG_ONE', percent: 25 });
    const patient = approval({ expires: span(600_000) });
    const second = span(1000);
    const patientWindow = windowSpec({ length: second, every: second, warmUp: span(4000), deadline: span(60_000) });
    const run = await live.start(
      // The answer to a severity 2 is awaited for longer than the test takes.
      plan([phase('1a', { steps: [flag], approval: patient })], {
        metrics: guardedMetrics,
        incidents: incidents(),
        // Prometheus has no data of the time before the flag is back.
        rollback: { metrics: ['success'], window: patientWindow, checks: [] },
        hold: { deadline: span(600_000), then: 'rollback' },
      })
    );
    await live.until('the approval', async () => (await live.phase('1a')).gates.length > 0);
    const before = live.flag('FLAG_ONE');

    const handle = (number: number) => live.client.workflow.getHandle(incidentWorkflowId(run.workflowId, number));
    onTestFinished(async () => {
      for (const number of [1, 2, 3])
        await handle(number)
          .terminate('the test is over')
          .catch(() => undefined);
    });
    const incident = (number: number): Promise<IncidentStatus> => handle(number).query<IncidentStatus>('status');
    /** Of all incidents of the run, in their order. */
    const severities = async (): Promise<number[]> => {
      const { incidents: opened = [] } = await run.query<RunStatus>('status');
      return opened.map(({ severity }) => severity);
    };
    const opened = (count: number): Promise<unknown> =>
      live.until(`incident/${count}`, async () => (await severities()).length === count);

    const { url, running } = await receive(['--env', live.environment.id]);
    const lines = (text: string): number => running.stderr.split(text).length - 1;
    const alert = (alertname: string, labels: object, endsAt = Date.now() + 3_600_000): object => ({
      labels: { alertname, phasegate_plan: 'test-plan', ...labels },
      annotations: { summary: `${alertname} fires` },
      startsAt: new Date().toISOString(),
      endsAt: new Date(endsAt).toISOString(),
    });
    const pages = { severity: 'warning' };
    const latency = { severity: 'critical', phasegate_metric: 'latency' };
    const success = { severity: 'critical', phasegate_metric: 'success' };

    // With another's token it is told that it may not, whatever it says.
    await using stranger = await startAlertmanager(program, `${url}/alertmanager`, 'token-of-a-stranger-012345');
    await stranger.post(alert('SuccessIsLost', success));
    await live.until('the refusal', async () => (await stranger.failed()) > 0 && lines(' 401') > 0);
    expect(await severities()).toEqual([]);

    await using alertmanager = await startAlertmanager(program, `${url}/alertmanager`, token);
    await alertmanager.post(alert('PagesAreSlow', pages));
    await opened(1);
    await alertmanager.post(alert('AnswersAreSlow', latency));
    await opened(2);
    expect(await live.until('its incident', () => incident(1))).toMatchObject({
      source: 'alertmanager',
      openedBy: 'Alertmanager',
      title: 'PagesAreSlow fires',
    });
    // Severity 2 holds the run, and takes nothing back by itself.
    expect((await run.query<RunStatus>('status')).held).toBeDefined();
    expect(live.flag('FLAG_ONE')).toEqual(before);
    // Both repeat themselves each second.
    await live.until('the repetitions', () => lines('"repeated":1') >= 4);
    expect(await severities()).toEqual([3, 2]);

    // Its end says nothing, since the run measures for itself; while the incident is open it may begin again.
    await alertmanager.post(alert('PagesAreSlow', pages, Date.now()));
    await running.says('"ignored":1');
    expect(await incident(1)).toMatchObject({ state: 'open' });
    const told = lines('"told":1');
    await alertmanager.post(alert('PagesAreSlow', pages));
    await live.until('its return', () => lines('"told":1') > told);
    expect(await severities()).toEqual([3, 2]);

    await alertmanager.post(alert('SuccessIsLost', success));
    const { message } = await failureOf(run.result());
    expect(message).toBe('rolled-back-verified: severity 1: SuccessIsLost fires: Alertmanager reports SuccessIsLost');
    expect(live.flag('FLAG_ONE')).toMatchObject({ defaultVariant: 'off' });
    await live.until('the news', async () => (await incident(3)).rollback?.state === 'verified');
    expect(await incident(3)).toMatchObject({ severity: 1, warRoom: { trigger: 'severity-1' } });
    // What it repeats to a run that is over opens nothing any more.
    await live.until('its answer', () => lines(' 404') > 0);
    expect(await severities()).toEqual([3, 2, 1]);
  }
);
