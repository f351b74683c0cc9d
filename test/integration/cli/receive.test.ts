import { createHmac } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDoor } from '../../support/alert/door.js';
import { startAlertmanager } from '../../support/alert/alertmanager.js';
import { pageKey } from '../../../src/plan/names.js';
import { alertInput, alertsOf, news } from '../../support/alert/alert-input.js';
import { openAlertStage, pages, type Alert } from '../../support/alert/alert-stage.js';
import { needs } from '../../support/needs.js';
import { phase, plan, step } from '../../support/stage/plans.js';
import type { Run, Stage } from '../../support/stage/stage.js';
import { until } from '../../support/until.js';
import { phasegate, Running, type RunOptions } from './binary.js';
import { onCliStage } from './cli-stage.js';

const token = 'token-of-the-receiver-0123';
const secret = 'secret-of-pagerduty-0123';
const env = { PHASEGATE_RECEIVE_TOKEN: token, PD_SECRET: secret };
const install = 'apt-get install --no-install-recommends prometheus-alertmanager';

async function receive(args: string[], options: RunOptions = {}): Promise<{ url: string; running: Running }> {
  const running = new Running(['receive', '--port', '0', ...args], { env, ...options });
  onTestFinished(async () => {
    running.process.kill('SIGTERM');
    await running.ended;
  });
  await running.says('receiver ready');
  return { url: running.stdout.trim(), running };
}

let stage: Stage;
onCliStage((opened) => {
  stage = opened;
});

/** A run that waits for a person, and hears meanwhile. */
async function waiting(): Promise<Run> {
  const run = await stage.start(plan([phase('1a', { before: [step.attest('ready')], steps: [step.flag('core')] })]));
  await stage.gate('1a');
  return run;
}

/** What a run was told, from its history: that is what it acts on. */
async function troubles(run: Run): Promise<Array<Record<string, unknown>>> {
  const { events } = await run.fetchHistory();
  const payloads = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    signal?.signalName === 'trouble' ? (signal.input?.payloads ?? []) : []
  );
  return payloads.map(({ data }) => JSON.parse(Buffer.from(data ?? []).toString()) as Record<string, unknown>);
}

describe('phasegate receive', () => {
  it(
    'takes what the real Alertmanager posts, again and again, and tells the run once',
    { timeout: 90_000 },
    async () => {
      const program = needs('prometheus-alertmanager', install);
      const run = await waiting();
      const { url, running } = await receive(['--env', stage.environment.id]);
      await using alertmanager = await startAlertmanager(program, `${url}/alertmanager`, token);
      const labels = { alertname: 'IsolationBroken', severity: 'critical', phasegate_plan: stage.planId };
      const startsAt = new Date(Date.now() - 1_000).toISOString();
      const annotations = { summary: 'Isolation is broken', description: '3 violations' };
      const endsAt = new Date(Date.now() + 3_600_000).toISOString();
      await alertmanager.post({ labels, annotations, startsAt, endsAt });
      // It repeats itself each second.
      await running.says(/"result":"repeated"/);
      expect(await troubles(run)).toEqual([
        {
          source: 'alertmanager',
          level: 'critical',
          title: 'Isolation is broken',
          reason: '3 violations',
          at: Date.parse(startsAt),
          dedupKey: expect.stringMatching(/^alertmanager\/[0-9a-f]+$/) as string,
        },
      ]);
      // Another alert is another trouble.
      await alertmanager.post({ labels: { ...labels, phasegate_cause: 'data-loss' }, annotations, startsAt, endsAt });
      await until('the second', async () => (await troubles(run)).length === 2);
      expect((await troubles(run))[1]).toMatchObject({ cause: 'data-loss' });
      await alertmanager.post({ labels, annotations, startsAt, endsAt: new Date().toISOString() });
      await running.says(/IsolationBroken is resolved/);
      expect(await troubles(run)).toHaveLength(2);
      expect(await alertmanager.failed()).toBe(0);
    }
  );

  it('while Temporal is away, Alertmanager comes again until the run has it', { timeout: 90_000 }, async () => {
    const program = needs('prometheus-alertmanager', install);
    const run = await waiting();
    // A way to the server that can be shut: what a broken network does.
    await using door = await openDoor();
    const { url, running } = await receive(['--env', stage.environment.id], { address: door.address });
    await using alertmanager = await startAlertmanager(program, `${url}/alertmanager`, token);
    door.shut();
    await alertmanager.post({
      labels: { alertname: 'A', phasegate_plan: stage.planId },
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    await running.says(/POST \/alertmanager 503/);
    expect(await troubles(run)).toEqual([]);
    door.open();
    await until('the trouble', async () => (await troubles(run)).length === 1, { withinMs: 60_000 });
    expect(await alertmanager.failed()).toBeGreaterThan(0);
  });

  it('acknowledges an alert for whoever did so in PagerDuty, where its signature is right', async () => {
    await using alerts = await openAlertStage();
    const alert = await alerts.start({ alerts: alertsOf({ channels: ['pager'] }) });
    const { dedupKey } = await alert.until('it is told', ({ deliveries }) => deliveries.length === 1);
    const { url } = await receive(['--pagerduty-secret', '${env:PD_SECRET}']);
    const body = JSON.stringify({
      event: {
        event_type: 'incident.acknowledged',
        agent: { summary: 'Ola Nordmann' },
        data: { incident_key: dedupKey },
      },
    });
    const send = async (by: string): Promise<[number, unknown]> => {
      const signature = `v1=${createHmac('sha256', by).update(body).digest('hex')}`;
      const headers = { authorization: `Bearer ${token}`, 'x-pagerduty-signature': signature };
      const answer = await fetch(`${url}/pagerduty`, { method: 'POST', body, headers });
      return [answer.status, await answer.json()];
    };
    expect((await send('another'))[0]).toBe(401);
    expect((await alert.status()).state).toBe('firing');
    expect(await send(secret)).toEqual([200, { acknowledged: alert.id, by: 'Ola Nordmann' }]);
    const status = await alert.until('the acknowledgement', ({ state }) => state === 'acknowledged');
    expect(status.acknowledged?.by).toBe('Ola Nordmann (PagerDuty)');
    await alert.hear('unwatched');
    await alert.handle.result();
    expect(await send(secret)).toEqual([200, { ignored: `${alert.id} is not open` }]);
  });

  it('acknowledges whatever of a run shares the page that was acknowledged in PagerDuty', async () => {
    await using alerts = await openAlertStage();
    const { run } = alertInput({ environmentId: alerts.environmentId, planId: 'paged' });
    const page = pageKey(run, 'everything');
    const ofRun = (key: string, of?: string): Promise<Alert> =>
      alerts.start({
        planId: 'paged',
        key,
        metric: key,
        alerts: alertsOf({ channels: ['pager'] }),
        news: news('critical', of === undefined ? {} : { page: of }),
      });
    const [first, second, alone] = await Promise.all([ofRun('a', page), ofRun('b', page), ofRun('c')]);
    await Promise.all(
      [first, second, alone].map((one) => one.until('it is told', (now) => now.deliveries.length === 1))
    );
    const { url } = await receive([]);
    const body = JSON.stringify({
      event: { event_type: 'incident.acknowledged', agent: { summary: 'Ola' }, data: { incident_key: page } },
    });
    const headers = { authorization: `Bearer ${token}` };
    // The visibility store may be a moment behind.
    await until('both to be told', async () => {
      await fetch(`${url}/pagerduty`, { method: 'POST', body, headers });
      const states = await Promise.all([first, second].map((one) => one.status()));
      return states.every(({ acknowledged }) => acknowledged?.by === 'Ola (PagerDuty)');
    });
    expect((await alone.status()).state).toBe('firing');
    const triggers = pages(alerts).filter(({ event_action }) => event_action === 'trigger');
    expect(triggers.map(({ dedup_key }) => dedup_key).toSorted()).toEqual(
      [page, page, `${alone.id}#01234567`].toSorted()
    );
  });

  it('answers 404 for a run that is not there', async () => {
    const { url } = await receive(['--env', 'nowhere', '--plan', 'nothing']);
    const alert = { status: 'firing', labels: { alertname: 'A' }, startsAt: '2026-11-28T12:00:00Z', fingerprint: 'f' };
    const answer = await fetch(`${url}/alertmanager`, {
      method: 'POST',
      body: JSON.stringify({ version: '4', alerts: [alert] }),
      headers: { authorization: `Bearer ${token}` },
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { error: 'no run is open: migration/nowhere/nothing' },
    ]);
  });

  it.each([
    [[], {}, 'PHASEGATE_RECEIVE_TOKEN'],
    [[], { PHASEGATE_RECEIVE_TOKEN: 'short' }, 'shorter than 16 characters'],
    [['--token', 'in-the-clear-0123456'], env, 'is no secret reference'],
    [['--token', '${file:no-such-file}'], env, 'no-such-file'],
    [['--pagerduty-secret', 'in-the-clear-0123456'], env, 'is no secret reference'],
  ])('begins without no secret: %j', async (args, given, says) => {
    const { code, stderr } = await phasegate(['receive', '--port', '0', ...args], { env: given });
    expect(stderr).toContain('PG440');
    expect(stderr).toContain(says);
    expect(code).toBe(2);
  });

  it('ends on SIGTERM with 0', async () => {
    const running = new Running(['receive', '--port', '0'], { env });
    await running.says('receiver ready');
    running.process.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });
});
