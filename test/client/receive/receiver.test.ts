import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { Listening } from '../../../src/worker/listen.js';
import { startReceiver, type ReceiverOptions } from '../../../src/client/receive/receiver.js';
import type { OpenRun, Runs } from '../../../src/client/receive/tell-runs.js';
import { PhasegateError } from '../../../src/plan/errors.js';
import type { Plan } from '../../../src/plan/model.js';
import { createLogger } from '../../../src/worker/logger.js';
import { guardedPlan } from '../../support/stage/guarded.js';
import { incidents, phase } from '../../support/stage/plans.js';
import { until } from '../../support/until.js';
import { grpcError } from '../../support/grpc-error.js';

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

const plan: Plan = guardedPlan([phase('1a')], { id: 'p', incidents: incidents() });
const openRun = (change: Partial<OpenRun> = {}): OpenRun => {
  return { workflowId: 'migration/e/p', runId: 'r', firstRunId: 'r', plan, ...change };
};
/** What the guard watches too. */
const rendered = { phasegate_rendered: 'true', phasegate_metric: 'success', severity: 'critical' };

/** FAKE: stands in for the workflows; test/integration/cli/receive.test.ts has real ones. */
const taking: Runs = {
  open: () => Promise.resolve(openRun()),
  guardedSince: () => Promise.resolve(0),
  trouble: () => Promise.resolve('told'),
  acknowledged: () => Promise.resolve('told'),
  acknowledgedPage: () => Promise.resolve('told'),
};

let receiver: Listening | undefined;
const lines: string[] = [];
const log = createLogger({
  level: 'info',
  destination: new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk));
      done();
    },
  }),
});
/** What the log says at a level. */
const logged = (level: 'info' | 'warn'): Array<Record<string, unknown>> =>
  lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['level'] === log.levels.values[level]);

/** Takes what is told, and keeps it. */
function keeping(change: Partial<Runs> = {}): { runs: Runs; told: string[] } {
  const told: string[] = [];
  const trouble: Runs['trouble'] = (_, { trouble: { reason } }) => Promise.resolve((told.push(reason), 'told'));
  return { told, runs: { ...taking, trouble, ...change } };
}

afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
  lines.length = 0;
});

async function post(
  path: string,
  body: string,
  options: Partial<ReceiverOptions> = {},
  request: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  isJson = true
): Promise<{ status: number; body: unknown }> {
  receiver ??= await startReceiver({
    host: '127.0.0.1',
    port: 0,
    token,
    runs: taking,
    defaults: {},
    log,
    ...options,
  });
  const headers = { authorization: `Bearer ${token}`, ...request.headers };
  const answer = await fetch(`${receiver.url}${path}`, { method: 'POST', body, ...request, headers });
  return { status: answer.status, body: isJson ? await answer.json() : await answer.text() };
}

describe('the receiver', () => {
  it.each([['Bearer wrong'], ['Bearer '], [''], [token], [`Basic ${token}`], [`Bearer ${token}x`]])(
    'refuses who comes with "%s", whatever is asked, and tells no run',
    async (authorization) => {
      const { runs, told } = keeping();
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
        alerts: [
          { run: 'migration/e/p', name: 'A', key: 'alertmanager/f', result: 'told', severity: 3 },
          { ignored: 'A is resolved' },
        ],
      },
    });
    expect(logged('info')).toMatchObject([{ msg: 'POST /alertmanager 200', told: 1, ignored: 1 }]);
    expect(logged('warn')).toEqual([]);
  });

  it.each([
    [
      '/alertmanager',
      'no json',
      /^the body of POST \/alertmanager is not JSON \(.*no json.*\); send what Alertmanager's/,
    ],
    ['/alertmanager', '', /^the body of POST \/alertmanager is empty; send what Alertmanager's/],
    [
      '/alertmanager',
      '{}',
      /^no webhook of Alertmanager: version is not "4".*; send what Alertmanager's webhook sends/,
    ],
    ['/alertmanager', '[]', /^no webhook of Alertmanager: .*docs\/alerts\.md/],
    ['/pagerduty', '{"event"', /^the body of POST \/pagerduty is not JSON \(.*\); send what PagerDuty's/],
    ['/pagerduty', '{}', /^no webhook of PagerDuty: event .*; send what PagerDuty's webhook sends/],
  ])('to %s with %s answers 400 with what is wrong, why and what to send', async (path, body, says) => {
    expect(await post(path, body)).toEqual({ status: 400, body: { error: expect.stringMatching(says) as string } });
    expect(logged('warn')).toMatchObject([{ msg: `POST ${path} 400`, error: expect.stringMatching(says) as string }]);
  });

  it('answers 400 for an alert that names no run, or is none, and tells the others all the same', async () => {
    const { runs, told } = keeping();
    const answer = await post('/alertmanager', posted(firing({ labels: { alertname: 'B' } }), {}, firing()), { runs });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining('B names no run') as string } });
    expect(answer.body).toMatchObject({
      error: expect.stringContaining('no alert of Alertmanager: alerts.1.') as string,
    });
    expect(told).toHaveLength(1);
  });

  it('says in answer and log what the plan of the run does not know, and tells the alert all the same', async () => {
    const { runs, told } = keeping();
    const named = { ...firing().labels, severity: 'critical', phasegate_metric: 'sucess' };
    const answer = await post('/alertmanager', posted(firing({ labels: named }), firing({ fingerprint: 'g' })), {
      runs,
    });
    const error = 'A (told): phasegate_metric "sucess" is unknown: did you mean "success"?';
    expect(answer).toEqual({
      status: 400,
      body: {
        error,
        alerts: [
          {
            run: 'migration/e/p',
            name: 'A',
            key: 'alertmanager/f',
            result: 'told',
            severity: 2,
            unknown: [{ label: 'phasegate_metric', value: 'sucess', hint: 'did you mean "success"?' }],
          },
          expect.objectContaining({ key: 'alertmanager/g', result: 'told', severity: 3 }) as object,
        ],
      },
    });
    expect(told).toHaveLength(2);
    expect(logged('warn')).toMatchObject([
      { msg: error, run: 'migration/e/p', unknown: [{ label: 'phasegate_metric' }] },
      { msg: 'POST /alertmanager 400', error, told: 2 },
    ]);
  });

  it('says that a plan without incidents, or one that it cannot read, is told without', async () => {
    const { incidents: _, ...bare } = plan;
    let run = openRun({ plan: bare });
    const runs: Runs = { ...taking, open: () => Promise.resolve(run) };
    expect(await post('/alertmanager', posted(firing()), { runs })).toMatchObject({
      status: 200,
      body: { alerts: [{ result: 'told', remark: expect.stringContaining('leads no incidents') as string }] },
    });
    run = { workflowId: 'migration/e/p', runId: 'r', firstRunId: 'r', unread: 'nobody can read it' };
    const named = firing({ labels: { ...firing().labels, phasegate_metric: 'whatever' } });
    expect(await post('/alertmanager', posted(named))).toMatchObject({
      status: 200,
      body: { alerts: [{ result: 'told', remark: 'nobody can read it' }] },
    });
    expect(logged('warn').map(({ msg }) => msg)).toEqual([
      expect.stringContaining('A (told): its plan leads no incidents'),
      'A (told): nobody can read it',
    ]);
  });

  it('tells the gravest first, whatever their order', async () => {
    const { runs, told } = keeping();
    const of = (severity: string, description: string, more: object = {}) =>
      firing({
        fingerprint: description,
        labels: { ...firing().labels, severity, ...more },
        annotations: { description },
      });
    const leak = of('warning', 'a leak', { phasegate_cause: 'leak' });
    await post('/alertmanager', posted(of('warning', 'w'), of('critical', 'c'), of('odd', 'o'), leak), { runs });
    expect(told).toEqual(['a leak', 'c', expect.stringContaining('o (severity "odd" is unknown'), 'w']);
  });

  it('leaves to the guard what a rendered rule says and the guard alone tells, or before it has begun', async () => {
    const { runs, told } = keeping({ guardedSince: () => Promise.resolve(undefined) });
    const of = (labels: object) => firing({ labels: { ...firing().labels, ...labels } });
    expect(
      await post('/alertmanager', posted(of(rendered), of({ ...rendered, severity: 'warning' })), { runs })
    ).toEqual({
      status: 200,
      body: {
        alerts: [
          { ignored: 'A: migration/e/p has changed nothing yet; its guard will see it from the first change on' },
          { ignored: 'A: the guard of migration/e/p watches success and tells people itself' },
        ],
      },
    });
    expect(told).toEqual([]);
    // Another system's own word is heard before as well.
    const { phasegate_rendered: _, ...own } = rendered;
    await post('/alertmanager', posted(of(own)));
    expect(told).toHaveLength(1);
  });

  it.each([
    ['before the first change', 1, /fired before the first change/],
    ['with the first change', 0, undefined],
    ['behind the first change', -1, undefined],
  ])('hears of a rendered rule what began %s as it should', async (_when, changedLaterMs, ignored) => {
    const alert = firing({ labels: { ...firing().labels, ...rendered } });
    const since = Date.parse(alert.startsAt) + changedLaterMs;
    const { runs, told } = keeping({ guardedSince: () => Promise.resolve(since) });
    const { body } = await post('/alertmanager', posted(alert), { runs });
    const answer = ignored ? { ignored: expect.stringMatching(ignored) as string } : { result: 'told' };
    expect(body).toMatchObject({ alerts: [answer] });
    expect(told).toHaveLength(ignored ? 0 : 1);
  });

  it('of a run that cannot be told loses no alert of another', async () => {
    const { runs, told } = keeping({
      open: (workflowId) =>
        workflowId === 'migration/e/p' ? Promise.resolve(openRun()) : Promise.reject(new Error('odd')),
    });
    const other = firing({ labels: { ...firing().labels, phasegate_plan: 'q' } });
    expect(await post('/alertmanager', posted(other, firing()), { runs })).toMatchObject({ status: 500 });
    expect(told).toHaveLength(1);
  });

  it('answers 404 when the run is not open, and elsewhere', async () => {
    let runs: Runs = { ...taking, open: () => Promise.resolve(undefined) };
    const answer = { status: 404, body: { error: 'no run is open: migration/e/p' } };
    expect(await post('/alertmanager', posted(firing()), { runs })).toMatchObject(answer);
    await receiver?.close();
    receiver = undefined;
    // It ended just now.
    runs = { ...taking, trouble: () => Promise.resolve('unknown') };
    expect(await post('/alertmanager', posted(firing()), { runs })).toMatchObject(answer);
    expect(await post('/elsewhere', '{}')).toMatchObject({ status: 404 });
  });

  it('names but a few of a thousand problems in one line', async () => {
    const many = Array.from({ length: 1_000 }, () => ({}));
    const { body } = await post('/alertmanager', posted(...many));
    expect((body as { error: string }).error).toMatch(/; and 990 more, see "alerts"$/);
    expect((body as { alerts: object[] }).alerts).toHaveLength(1_000);
  });

  it('answers 503 while Temporal is away, so that the sender comes again, and 500 for a fault', async () => {
    let error: Error = new PhasegateError('PG401', 'the Temporal server does not answer');
    const runs: Runs = { ...taking, trouble: () => Promise.reject(error) };
    expect(await post('/alertmanager', posted(firing()), { runs })).toMatchObject({
      status: 503,
      body: { error: 'the Temporal server does not answer' },
    });
    // It takes no more at once.
    error = grpcError(8, 'busy');
    expect(await post('/alertmanager', posted(firing()))).toMatchObject({ status: 503, body: { error: '8: busy' } });
    error = new Error('odd');
    expect(await post('/alertmanager', posted(firing()))).toMatchObject({ status: 500 });
    expect(lines.join('\n')).toContain('Error: odd');
    const [away, busy, odd] = [503, 503, 500].map((status) => ({ msg: `POST /alertmanager ${status}` }));
    expect(logged('warn')).toMatchObject([away, busy, odd]);
  });

  it('outlives a sender that hangs up in the middle, and tells that as no fault of its own', async () => {
    const { runs, told } = keeping();
    await post('/alertmanager', posted(), { runs });
    lines.length = 0;
    const { hostname, port } = new URL(receiver?.url ?? '');
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `POST /alertmanager HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 99\r\n\r\n{`
    );
    socket.end();
    await until('the line', () => lines.length > 0);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 40, msg: 'POST /alertmanager 400', error: expect.stringContaining('the sender hung up') as string },
    ]);
    await post('/alertmanager', posted(firing()));
    expect(told).toHaveLength(1);
  });

  it('answers nothing that steers the terminal of who posts by hand', async () => {
    const labels = { ...firing().labels, 'phasegate_\u009bx': '\u202ey\u001b' };
    const { body } = await post('/alertmanager', posted(firing({ labels, fingerprint: 'f\u009b' })), {}, {}, false);
    expect(body).toMatch(/^[\u0020-\u007e]+\n$/);
  });

  it('takes POST alone, and no more than a webhook has', async () => {
    expect(await post('/alertmanager', '', {}, { method: 'PUT' })).toMatchObject({ status: 405 });
    expect(await post('/alertmanager', 'x'.repeat(17 * 1024 * 1024))).toMatchObject({
      status: 413,
      body: { error: expect.stringMatching(/more than 16 MB: have the sender post fewer/) as string },
    });
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

  it('a port that is taken, or an address of another machine, is PG409 and says which option', async () => {
    await post('/alertmanager', posted());
    const port = Number(new URL(receiver?.url ?? '').port);
    const on = (host: string, at: number) => startReceiver({ host, port: at, token, runs: taking, defaults: {}, log });
    await expect(on('127.0.0.1', port)).rejects.toMatchObject({
      code: 'PG409',
      where: '--port',
      hint: 'Name another port: --port 9096; --port 0 takes any that is free.',
    });
    await expect(on('192.0.2.1', 0)).rejects.toMatchObject({
      code: 'PG409',
      where: '--host',
      hint: expect.stringContaining('--host 127.0.0.1') as string,
    });
  });
});
