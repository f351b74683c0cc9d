import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openDoor } from '../../support/alert/door.js';
import { sharedServer } from '../../support/shared-server.js';
import { startAlertmanager } from '../../support/alert/alertmanager.js';
import type { Plan } from '../../../src/plan/model.js';
import { pageKey } from '../../../src/plan/names.js';
import { alertInput, alertsOf, news } from '../../support/alert/alert-input.js';
import { openAlertStage, pages, type Alert } from '../../support/alert/alert-stage.js';
import { needs } from '../../support/needs.js';
import { incidents, phase, plan, step } from '../../support/stage/plans.js';
import type { Run, Stage } from '../../support/stage/stage.js';
import { until } from '../../support/until.js';
import { phasegate, Running } from './binary.js';
import { onCliStage } from './cli-stage.js';
import { env, receive, secret, token } from './receiving.js';

const install = 'apt-get install --no-install-recommends prometheus-alertmanager';

let stage: Stage;
onCliStage((opened) => {
  stage = opened;
});

/** A run that waits for a person, and hears meanwhile. */
async function waiting(change: Partial<Plan> = {}): Promise<Run> {
  const ready = phase('1a', { before: [step.attest('ready')], steps: [step.flag('core')] });
  const run = await stage.start(plan([ready], change));
  await stage.gate('1a');
  return run;
}

/** What the receiver makes of a post of Alertmanager. */
async function post(url: string, alerts: object[]): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${url}/alertmanager`, {
    method: 'POST',
    body: JSON.stringify({ version: '4', alerts }),
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: answer.status, body: await answer.json() };
}

function firing(labels: object, fingerprint = 'f'): object {
  const named = { alertname: 'A', phasegate_plan: stage.planId, ...labels };
  return { status: 'firing', labels: named, startsAt: '2026-11-28T12:00:00Z', fingerprint };
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
      await running.says(/"repeated":1/);
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
      await alertmanager.post({ labels: { ...labels, phasegate_metric: 'success' }, annotations, startsAt, endsAt });
      await until('the second', async () => (await troubles(run)).length === 2);
      expect((await troubles(run))[1]).toMatchObject({ metric: 'success' });
      await alertmanager.post({ labels, annotations, startsAt, endsAt: new Date().toISOString() });
      await running.says(/"ignored":1/);
      expect(await troubles(run)).toHaveLength(2);
      expect(await alertmanager.failed()).toBe(0);
    }
  );

  it('while Temporal is away, Alertmanager comes again until the run has it', { timeout: 90_000 }, async () => {
    const program = needs('prometheus-alertmanager', install);
    const run = await waiting();
    // A way to the server that can be shut: what a broken network does.
    await using door = await openDoor();
    const { url, running } = await receive(['--env', stage.environment.id], {
      address: door.address,
      env: { ...env, TEMPORAL_NAMESPACE: sharedServer().namespace },
    });
    await using alertmanager = await startAlertmanager(program, `${url}/alertmanager`, token);
    door.shut();
    await alertmanager.post({
      labels: { alertname: 'A', phasegate_plan: stage.planId },
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    await running.says('POST /alertmanager 503');
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

  it('says what the plan of the run does not know, and opens what the severity says all the same', async () => {
    await waiting({ incidents: incidents() });
    const { url, running } = await receive(['--env', stage.environment.id]);
    const labels = { severity: 'critical', phasegate_metric: 'sucess', phasegate_cause: 'laek', phasegate_phase: '1a' };
    expect(await post(url, [firing(labels), firing({ severity: 'P1' }, 'g')])).toMatchObject({
      status: 400,
      body: {
        error: [
          'A (told): phasegate_cause "laek" is unknown: did you mean "leak"?',
          'phasegate_metric "sucess" is unknown: did you mean "success"?',
          'A (told): severity "P1" is unknown: the severities are critical, page, error, warning, warn, info, none',
        ].join('; '),
        alerts: [
          { result: 'told', severity: 2, unknown: [{ value: 'laek' }, { value: 'sucess' }] },
          { result: 'told', severity: 2, unknown: [{ value: 'P1' }] },
        ],
      },
    });
    await running.says('A (told): phasegate_cause \\"laek\\" is unknown');
    const opened = await stage.until('both', async () => {
      const { incidents: found = [] } = await stage.status();
      return found.length === 2 && found;
    });
    expect(opened.map(({ severity }) => severity)).toEqual([2, 2]);
    await stage.until('its words', async () => {
      const both = await Promise.all([1, 2].map((number) => stage.incident(number)));
      return both.some(({ reason }) => reason.includes('phasegate_metric "sucess" is unknown'));
    });
  });

  it('answers a thousand alerts in one post, within what a run hears, and the critical ones first', async () => {
    const run = await waiting();
    const { url } = await receive(['--env', stage.environment.id]);
    const many = Array.from({ length: 1_000 }, (_, index) =>
      firing({ alertname: `A${index}`, severity: index < 800 ? 'warning' : 'critical' }, `f${index}`)
    );
    const { status, body } = await post(url, many);
    expect(status).toBe(200);
    const { alerts } = body as { alerts: Array<{ result: string }> };
    const of = (result: string, from: number, to: number): number =>
      alerts.slice(from, to).filter((one) => one.result === result).length;
    expect([of('told', 0, 800), of('dropped', 0, 800), of('told', 800, 1_000)]).toEqual([50, 750, 200]);
    // What comes while the run thinks stands in its history a moment later.
    const told = await stage.until('all of them', async () => {
      const found = await troubles(run);
      return found.length === 250 && found;
    });
    // Twenty at a time.
    expect(told.slice(0, 180).filter(({ level }) => level !== 'critical')).toEqual([]);
  });

  it('answers 404 for a run that is not there', async () => {
    const { url } = await receive(['--env', 'nowhere', '--plan', 'nothing']);
    expect(await post(url, [firing({ phasegate_plan: 'nothing' })])).toMatchObject({
      status: 404,
      body: { error: 'no run is open: migration/nowhere/nothing' },
    });
  });

  it.each([
    [[], {}, 'PHASEGATE_RECEIVE_TOKEN'],
    [[], { PHASEGATE_RECEIVE_TOKEN: 'short' }, 'shorter than 16 characters'],
    [['--token', 'in-the-clear-0123456'], env, 'is no secret reference'],
    [['--token', '${file:no-such-file}'], env, 'no-such-file'],
    [['--token', '${env:BLANK}'], { BLANK: 'twenty characters and blanks' }, 'has a blank or a line break in it'],
    [['--pagerduty-secret', 'in-the-clear-0123456'], env, "Write a reference: --pagerduty-secret '${env:NAME}'"],
    [['--pagerduty-secret', '${env:SHORT}'], { ...env, SHORT: 'short' }, 'shorter than 16 characters'],
    [['--pagerduty-secret', '${env:NONE}'], env, 'the environment variable NONE of a secret reference is missing'],
  ])('begins without no secret: %j', async (args, given, says) => {
    const { code, stderr } = await phasegate(['receive', '--port', '0', ...args], { env: given });
    expect(stderr).toContain('PG440');
    expect(stderr).toContain(says);
    // Each option has its own remedy.
    const ofPagerDuty = args[0] === '--pagerduty-secret';
    if (ofPagerDuty) expect(stderr).not.toContain('PHASEGATE_RECEIVE_TOKEN');
    if (!stderr.includes('is no secret reference'))
      expect(stderr).toContain(ofPagerDuty ? 'signing secret that PagerDuty shows' : 'Put a random text there');
    expect(code).toBe(2);
  });

  it.each([
    [['--env', 'environments/example.yaml'], 'PG407 "environments/example.yaml" is no id (--env)'],
    [['--plan', 'plans/x.yaml'], 'PG407 "plans/x.yaml" is no id (--plan)'],
    [['--host', '192.0.2.1'], '--host 127.0.0.1'],
    [['--port', 'x'], 'Write a port from 0 to 65535.'],
  ])('says what is wrong with %j and what to write', async (args, says) => {
    const { code, stderr } = await phasegate(['receive', '--port', '0', ...args], { env });
    expect([code, stderr]).toEqual([args[0] === '--host' ? expect.any(Number) : 2, expect.stringContaining(says)]);
  });

  it('ends on SIGTERM with 0', async () => {
    const running = new Running(['receive', '--port', '0'], { env });
    await running.says('receiver ready');
    running.process.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });
});
