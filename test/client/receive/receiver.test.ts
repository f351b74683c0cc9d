import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { startReceiver, type Receiver, type ReceiverOptions } from '../../../src/client/receive/receiver.js';
import type { Runs } from '../../../src/client/receive/tell-runs.js';
import { PhasegateError } from '../../../src/plan/errors.js';

const token = 'canary-token-0123456789';
const firing = (change: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'A', phasegate_plan: 'p', phasegate_environment: 'e' },
  startsAt: '2026-11-28T12:00:00Z',
  fingerprint: 'f',
  ...change,
});
const posted = (...alerts: object[]) => JSON.stringify({ version: '4', alerts });
const acknowledged = JSON.stringify({
  event: {
    event_type: 'incident.acknowledged',
    agent: { summary: 'Ola' },
    data: { incident_key: 'migration/e/p/alert/m#01234567' },
  },
});

/** FAKE: stands in for the workflows; test/integration/cli/receive.test.ts has real ones. */
const taking: Runs = {
  trouble: () => Promise.resolve('told'),
  acknowledged: () => Promise.resolve('told'),
  acknowledgedPage: () => Promise.resolve('told'),
};

let receiver: Receiver | undefined;
const lines: string[] = [];
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
  lines.length = 0;
});

async function post(
  path: string,
  body: string,
  options: Partial<ReceiverOptions> = {},
  request: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}
): Promise<{ status: number; body: unknown }> {
  receiver ??= await startReceiver({
    host: '127.0.0.1',
    port: 0,
    token,
    runs: taking,
    defaults: {},
    log: (line) => lines.push(line),
    ...options,
  });
  const headers = { authorization: `Bearer ${token}`, ...request.headers };
  const answer = await fetch(`${receiver.url}${path}`, { method: 'POST', body, ...request, headers });
  return { status: answer.status, body: await answer.json() };
}

describe('the receiver', () => {
  it.each([['Bearer wrong'], ['Bearer '], [''], [token], [`Basic ${token}`], [`Bearer ${token}x`]])(
    'refuses who comes with "%s", whatever is asked, and tells no run',
    async (authorization) => {
      const told: unknown[] = [];
      const runs: Runs = { ...taking, trouble: (run) => Promise.resolve((told.push(run), 'told')) };
      for (const path of ['/alertmanager', '/pagerduty', '/'])
        expect(await post(path, posted(firing()), { runs }, { headers: { authorization } })).toMatchObject({
          status: 401,
        });
      expect(told).toEqual([]);
      expect(lines.join('\n')).not.toContain('canary');
    }
  );

  it('answers 200 with what became of each alert', async () => {
    expect(await post('/alertmanager', posted(firing(), firing({ status: 'resolved' })))).toEqual({
      status: 200,
      body: {
        alerts: [{ run: 'migration/e/p', key: 'alertmanager/f', result: 'told' }, { ignored: 'A is resolved' }],
      },
    });
  });

  it.each([['no json'], ['{}'], ['[]'], [JSON.stringify({ version: '4', alerts: [{}] })]])(
    'answers 400 to %s, with what is wrong',
    async (body) => {
      expect(await post('/alertmanager', body)).toMatchObject({
        status: 400,
        body: { error: expect.stringContaining('no webhook of Alertmanager') as string },
      });
    }
  );

  it('answers 400 for an alert that names no run, and tells the others all the same', async () => {
    const told: string[] = [];
    const runs: Runs = { ...taking, trouble: (run) => Promise.resolve((told.push(run), 'told')) };
    const answer = await post('/alertmanager', posted(firing({ labels: { alertname: 'B' } }), firing()), { runs });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining('B names no run') as string } });
    expect(told).toEqual(['migration/e/p']);
  });

  it('answers 404 when the run is not open, and elsewhere', async () => {
    const runs: Runs = { ...taking, trouble: () => Promise.resolve('unknown') };
    expect(await post('/alertmanager', posted(firing()), { runs })).toMatchObject({
      status: 404,
      body: { error: 'no run is open: migration/e/p' },
    });
    expect(await post('/elsewhere', '{}')).toMatchObject({ status: 404 });
  });

  it('answers 503 while Temporal is away, so that the sender comes again, and 500 for a fault', async () => {
    let error: Error = new PhasegateError('PG401', 'the Temporal server does not answer');
    const runs: Runs = { ...taking, trouble: () => Promise.reject(error) };
    expect(await post('/alertmanager', posted(firing()), { runs })).toMatchObject({
      status: 503,
      body: { error: 'the Temporal server does not answer' },
    });
    error = new Error('odd');
    expect(await post('/alertmanager', posted(firing()))).toMatchObject({ status: 500 });
    expect(lines.join('\n')).toContain('Error: odd');
  });

  it('takes POST alone, and no more than a webhook has', async () => {
    expect(await post('/alertmanager', '', {}, { method: 'PUT' })).toMatchObject({ status: 405 });
    expect(await post('/alertmanager', 'x'.repeat(3 * 1024 * 1024))).toMatchObject({ status: 413 });
  });

  it('acknowledges for PagerDuty, and tells it that a closed alert needs nobody', async () => {
    expect(await post('/pagerduty', acknowledged)).toEqual({
      status: 200,
      body: { acknowledged: 'migration/e/p/alert/m', by: 'Ola' },
    });
    await receiver?.close();
    receiver = undefined;
    const runs: Runs = { ...taking, acknowledged: () => Promise.resolve('unknown') };
    expect(await post('/pagerduty', acknowledged, { runs })).toEqual({
      status: 200,
      body: { ignored: 'migration/e/p/alert/m is not open' },
    });
    expect(await post('/pagerduty', '{}')).toMatchObject({ status: 400 });
  });

  it('acknowledges a page of several', async () => {
    const key = 'migration/e/p#01234567/everything';
    const body = acknowledged.replace('migration/e/p/alert/m#01234567', key);
    const told: unknown[] = [];
    const runs: Runs = { ...taking, acknowledgedPage: (...all) => Promise.resolve((told.push(all), 'told')) };
    expect(await post('/pagerduty', body, { runs })).toEqual({ status: 200, body: { acknowledged: key, by: 'Ola' } });
    expect(told).toEqual([['migration/e/p', { by: 'Ola', via: 'PagerDuty', page: key }]]);
    await receiver?.close();
    receiver = undefined;
    const none: Runs = { ...taking, acknowledgedPage: () => Promise.resolve('unknown') };
    expect(await post('/pagerduty', body, { runs: none })).toEqual({
      status: 200,
      body: { ignored: `${key} is not open` },
    });
  });

  it('where PagerDuty has a secret, its signature must be right', async () => {
    const secret = 'canary-secret-0123456789';
    const sign = (by: string) => `v1=${createHmac('sha256', by).update(acknowledged).digest('hex')}`;
    const send = (signature?: string) =>
      post(
        '/pagerduty',
        acknowledged,
        { pagerDutySecret: secret },
        {
          headers: signature === undefined ? {} : { 'x-pagerduty-signature': signature },
        }
      );
    expect(await send()).toMatchObject({ status: 401 });
    expect(await send(sign('another'))).toMatchObject({ status: 401 });
    expect(await send(sign(secret).slice(0, -1))).toMatchObject({ status: 401 });
    expect(await send(sign(secret))).toMatchObject({ status: 200 });
    // While it is being changed there are two.
    expect(await send(`${sign('another')},${sign(secret)}`)).toMatchObject({ status: 200 });
  });

  it('a port that is taken is PG409', async () => {
    await post('/alertmanager', posted());
    const port = Number(new URL(receiver?.url ?? '').port);
    const again = startReceiver({ host: '127.0.0.1', port, token, runs: taking, defaults: {}, log: () => undefined });
    await expect(again).rejects.toMatchObject({ code: 'PG409' });
  });
});
