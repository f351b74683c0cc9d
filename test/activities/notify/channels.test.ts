import { describe, expect, it } from 'vitest';
import type { Notification, TellInput, TellResult } from '../../../src/activities/contract.js';
import { tellChannel } from '../../../src/activities/notify/tell-channel.js';
import type { Channel } from '../../../src/plan/model.js';
import { serve, type TestServer } from '../../support/activities/http-server.js';
import { activitiesOn } from '../../support/activities/run-activity.js';
import { politely, serveRoughly } from '../../support/activities/rough-smtp.js';
import { serveMail } from '../../support/activities/smtp-server.js';
import { testScope, testTools, type TestScope, type TestTools } from '../../support/activities/tools.js';

const environment = { id: 'prod', kind: 'production', title: 'Production' } as const;
const alert: Notification = {
  kind: 'alert',
  run: 'migration/prod/plan',
  title: 'CRITICAL: isolation is broken',
  text: 'User <isolation> is broken & counts 3 violations.',
  to: ['operations'],
  dedupKey: 'migration/prod/plan/alert/isolation#1a2b/opened/1',
  remarks: [],
  addresses: ['cto@example.test'],
  alert: {
    dedupKey: 'migration/prod/plan/alert/isolation#1a2b',
    event: 'trigger',
    metric: 'isolation',
    level: 'critical',
    runbook: 'https://runbooks.example/isolation',
  },
};
const of = (event: 'acknowledge' | 'resolve'): Notification => ({
  ...alert,
  alert: { ...(alert.alert as NonNullable<Notification['alert']>), event },
});
const pager = (url: string): Channel => ({ kind: 'pagerduty', name: 'pager', url, routingKey: '${env:PD_KEY}' });
const slack = (url: string): Channel => ({ kind: 'slack', name: 'ops', url });
const mail = (smtp: string, more: object = {}): Channel => ({
  kind: 'email',
  name: 'mail',
  smtp,
  security: 'none',
  from: 'phasegate@example.test',
  to: ['oncall@example.test'],
  ...more,
});

function tell(channel: Channel, notification = alert, tools = toolsWith()): Promise<TellResult> {
  return activitiesOn(tools).tellChannel({ channel, environment, notification } satisfies TellInput);
}

/** The same with a scope of its own, to see what one attempt leaves to the next. */
function attemptOf(channel: Channel, scope: TestScope, notification = alert): Promise<TellResult> {
  return tellChannel({ channel, environment, notification }, toolsWith(), scope);
}

function toolsWith(env: Record<string, string> = { PD_KEY: 'canary-routing-key' }): TestTools {
  return testTools({ env });
}

function bodies(server: TestServer): unknown[] {
  return server.seen.map(({ body }) => JSON.parse(body) as unknown);
}

const incident: Notification = {
  kind: 'incident',
  run: 'migration/prod/plan',
  address: 'incident/1',
  title: 'severity 1: isolation is broken',
  text: 'It is.',
  to: ['operations'],
  dedupKey: 'r/incident/1/incident/1',
  remarks: [],
  incident: { page: 'migration/prod/plan#1a2b/everything', event: 'trigger', severity: 1 },
};

const steering = /(?![\n\r])\p{Cc}|\u202e|\\u(?:001b|009b|202e|0007)|=1B|=C2=9B|=E2=80=AE/u;
const evil: Notification = {
  ...alert,
  title: 'down\u001b[2J\n\u202e001\u202c',
  text: 'two\u009b2J\nlines\u0007 <!channel>',
  remarks: ['\u001b]0;owned\u0007'],
};

describe('escape sequences and turned text', () => {
  it('go out by no channel, and a title is one line', async () => {
    await using server = await serve((_, response) => response.end('{}'));
    await using mails = await serveMail();
    const hook: Channel = { kind: 'webhook', name: 'hook', url: server.url, headers: {} };
    for (const channel of [pager(server.url), slack(server.url), hook]) await tell(channel, evil);
    await tell(mail(mails.smtp), evil);
    const sent = [...server.seen.map(({ body }) => body), ...mails.seen.map(({ text }) => text)];
    expect(sent).toHaveLength(4);
    for (const text of sent) {
      expect(text).toMatch(/down\[2J 001/);
      expect(text).not.toMatch(steering);
    }
    expect(mails.seen[0]?.text).toContain('two2J\nlines <!channel>');
    expect(sent[1]).toContain('lines &lt;!channel&gt;');
  });
});

describe('PagerDuty', () => {
  it('has one incident for an incident and the alerts that belong to it, which the incident ends', async () => {
    await using server = await serve((_, response) => response.writeHead(202).end('{}'));
    const { page } = incident.incident!;
    const told = (event: 'trigger' | 'acknowledge' | 'resolve' | 'none', severity: 1 | 2 | 3 = 1): Notification => ({
      ...incident,
      incident: { page, event, severity },
    });
    const ofIt = (event: 'trigger' | 'acknowledge' | 'resolve'): Notification => ({
      ...alert,
      alert: { ...alert.alert!, event, page },
    });
    const reminder = { ...ofIt('trigger'), kind: 'reminder' } as const;
    const ofAlert = [ofIt('trigger'), reminder, ofIt('acknowledge'), ofIt('resolve')];
    const all = [told('trigger'), ...ofAlert, told('none'), told('resolve')];
    for (const one of [...all, told('trigger', 2), told('trigger', 3)]) await tell(pager(server.url), one);
    const seen = bodies(server) as Array<{ event_action: string; dedup_key: string; payload?: { severity: string } }>;
    expect(seen.map((body) => [body.event_action, body.dedup_key, body.payload?.severity])).toEqual([
      ['trigger', page, 'critical'],
      ['trigger', page, 'critical'],
      ['acknowledge', alert.alert?.dedupKey, undefined],
      ['resolve', alert.alert?.dedupKey, undefined],
      ['resolve', page, undefined],
      ['trigger', page, 'error'],
      ['trigger', page, 'warning'],
    ]);
  });

  it('is told the answer and the end of each page that an incident answers for, each once', async () => {
    let refused = 0;
    await using server = await serve(({ body }, response) => {
      const isOther = body.includes('/guard/cause/bad') && (refused += 1) === 1;
      response.writeHead(isOther ? 503 : 202).end('{}');
    });
    const { page } = incident.incident!;
    const other = page.replace(/everything$/, 'guard/cause/bad');
    const told: Notification = {
      ...incident,
      incident: { page, event: 'resolve', severity: 1, pages: [other] },
    };
    const scope = testScope();
    await expect(attemptOf(pager(server.url), scope, told)).rejects.toMatchObject({ type: 'PG330' });
    await attemptOf(pager(server.url), testScope({ heartbeatDetails: scope.heartbeats.at(-1) }), told);
    expect(bodies(server)).toEqual(
      [page, other, other].map((key) => expect.objectContaining({ event_action: 'resolve', dedup_key: key }) as object)
    );
  });

  it('has the runbook of an incident as a link, and so have all others', async () => {
    await using server = await serve((_, response) => response.writeHead(202).end('ok'));
    await using mails = await serveMail();
    const runbook = 'https://runbooks.example/isolation';
    const told = { ...incident, incident: { ...incident.incident!, runbook } };
    for (const channel of [pager(server.url), slack(server.url)]) await tell(channel, told);
    await tell(mail(mails.smtp), told);
    const [event, message] = bodies(server);
    expect(event).toMatchObject({ links: [{ href: runbook, text: 'Runbook' }] });
    expect(JSON.stringify(message)).toContain(`Runbook: ${runbook}`);
    expect(mails.seen[0]?.text).toContain(`Runbook: ${runbook}`);
  });

  it('triggers, acknowledges and resolves one incident, by one dedup_key', async () => {
    await using server = await serve((_, response) => response.writeHead(202).end('{"status":"success"}'));
    for (const one of [alert, of('acknowledge'), of('resolve')]) await tell(pager(server.url), one);
    const key = { routing_key: 'canary-routing-key', dedup_key: alert.alert?.dedupKey };
    expect(bodies(server)).toEqual([
      {
        ...key,
        event_action: 'trigger',
        client: 'phasegate',
        payload: {
          summary: alert.title,
          source: alert.run,
          severity: 'critical',
          timestamp: expect.stringMatching(/^\d{4}-/) as string,
          component: 'isolation',
          group: 'prod',
          class: 'alert',
          custom_details: { text: alert.text, to: ['operations'], environment: 'Production', remarks: [] },
        },
        links: [{ href: 'https://runbooks.example/isolation', text: 'Runbook' }],
      },
      { ...key, event_action: 'acknowledge' },
      { ...key, event_action: 'resolve' },
    ]);
  });

  it('takes what is no alert under its run and address, at the severity of its kind', async () => {
    await using server = await serve((_, response) => response.writeHead(202).end());
    const { alert: _alert, ...rest } = alert;
    await tell(pager(server.url), { ...rest, kind: 'undo-failed', address: '1a/enable#1' });
    expect(bodies(server)).toMatchObject([
      { event_action: 'trigger', dedup_key: 'migration/prod/plan/1a/enable#1', payload: { severity: 'critical' } },
    ]);
  });

  it.each([
    [400, 'PG331', true],
    [403, 'PG331', true],
    [408, 'PG330', false],
    [429, 'PG330', false],
    [500, 'PG330', false],
    [503, 'PG330', false],
  ])('%i is %s, and only what may be better later is tried again', async (status, type, nonRetryable) => {
    await using server = await serve((_, response) => response.writeHead(status).end('because'));
    await expect(tell(pager(server.url))).rejects.toMatchObject({
      type,
      nonRetryable,
      message: expect.stringContaining(`channel pager: answered ${status} because`) as string,
    });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['7', 1, 7_000],
    ['1', 5, 10_000],
    ['86400', 1, 300_000],
    [new Date(Date.now() - 60_000).toUTCString(), 1, undefined],
    ['soon', 1, undefined],
    [undefined, 1, undefined],
  ])('busy, with Retry-After %s in attempt %i, is asked again after %s ms', async (after, attempt, pause) => {
    await using server = await serve((_, response) =>
      response.writeHead(429, after === undefined ? {} : { 'retry-after': after }).end()
    );
    const told = attemptOf(pager(server.url), testScope({ attempt }));
    await expect(told).rejects.toMatchObject({ type: 'PG330', nonRetryable: false });
    expect(await told.catch((error: { nextRetryDelay?: number }) => error.nextRetryDelay)).toBe(pause);
  });

  it('what cannot be tried once more in time ends with the reason, not with a time-out that hides it', async () => {
    await using server = await serve((_, response) => response.writeHead(503).end());
    const late = attemptOf(pager(server.url), testScope({ timeLeftMs: 12_000 }));
    await expect(late).rejects.toMatchObject({ type: 'PG330', nonRetryable: false, nextRetryDelay: 12_000 });
  });

  it.each([
    ['202 that breaks off', 202, 'taken'],
    ['400 that breaks off', 400, 'PG331'],
    ['503 that breaks off', 503, 'PG330'],
  ])('a %s is what it says: %s, %s', async (_, status, becomes) => {
    await using server = await serve((_asked, response) => {
      response.writeHead(status, { 'content-length': 10 });
      response.write('x', () => response.destroy());
    });
    const told = tell(pager(server.url)).then(
      () => 'taken',
      ({ type }: { type: string }) => type
    );
    expect(await told).toBe(becomes);
  });

  it('a service that cannot be reached is tried again', async () => {
    await expect(tell(pager('http://127.0.0.1:1/'))).rejects.toMatchObject({ type: 'PG330', nonRetryable: false });
  });

  it('its key leaves neither in an error nor in the log, and one that is missing is said', async () => {
    await using server = await serve(({ body }, response) => response.writeHead(400).end(`no such key: ${body}`));
    const tools = toolsWith();
    const error: unknown = await tell(pager(server.url), alert, tools).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('no such key');
    expect(JSON.stringify([String(error), tools.lines])).not.toContain('canary');
    await expect(tell(pager(server.url), alert, toolsWith({}))).rejects.toMatchObject({ type: 'PG309' });
  });
});

describe('a web page', () => {
  const login = { 'content-type': 'text/html; charset=utf-8' };

  it('is no yes of PagerDuty or Slack: a proxy took the message', async () => {
    await using server = await serve((_, response) => response.writeHead(200, login).end('<html>Log in'));
    for (const channel of [pager(server.url), slack(server.url)]) {
      await expect(tell(channel)).rejects.toMatchObject({
        type: 'PG330',
        message: expect.stringContaining('which is a web page: something else answers there') as string,
      });
    }
  });

  it('is one of a webhook, of which any 2xx is', async () => {
    await using server = await serve((_, response) => response.writeHead(200, login).end('<html>Thanks'));
    await tell({ kind: 'webhook', name: 'team', url: server.url, headers: {} });
  });
});

describe('Slack', () => {
  it('posts text and blocks, in which nothing of the message is markup', async () => {
    await using server = await serve((_, response) => response.end('ok'));
    await tell(slack(server.url));
    const text = 'User &lt;isolation&gt; is broken &amp; counts 3 violations.';
    expect(bodies(server)).toEqual([
      {
        text: `🔴 CRITICAL: isolation is broken: ${text}`,
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: '🔴 CRITICAL: isolation is broken' } },
          { type: 'section', text: { type: 'mrkdwn', text } },
          { type: 'section', text: { type: 'mrkdwn', text: 'Runbook: https://runbooks.example/isolation' } },
          {
            type: 'context',
            elements: [
              {
                type: 'mrkdwn',
                text: 'for operations · migration/prod/plan · environment prod (production)',
              },
            ],
          },
        ],
      },
    ]);
  });

  it('stays within what Slack takes, however long a message is', async () => {
    await using server = await serve((_, response) => response.end('ok'));
    await tell(slack(server.url), { ...alert, title: 'x'.repeat(2_000), text: 'y'.repeat(10_000) });
    const [body] = bodies(server) as Array<{ blocks: Array<{ text?: { text: string } }> }>;
    expect(body?.blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
    expect(body?.blocks[1]?.text?.text.length).toBeLessThanOrEqual(3_000);
  });

  it('is sent no half of a character, where a long title is cut', async () => {
    await using server = await serve((_, response) => response.end('ok'));
    const long = { ...alert, title: '😀'.repeat(2_000), text: `x${'😀'.repeat(2_000)}` };
    for (const channel of [slack(server.url), pager(server.url)]) {
      await tell(channel, long);
      await tell(channel, { ...long, title: `x${long.title}` });
    }
    expect(server.seen).toHaveLength(4);
    for (const { body } of server.seen) expect(body).not.toMatch(/\\ud83d/);
  });

  it('its address is a secret wherever it stands', async () => {
    const tools = toolsWith({ HOOK: 'canary-path' });
    const secret = slack('http://127.0.0.1:1/services/${env:HOOK}');
    const error: unknown = await tell(secret, alert, tools).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ type: 'PG330' });
    expect(JSON.stringify([String(error), tools.lines])).not.toContain('canary');
  });
});

describe('e-mail', () => {
  it('goes to those whom it is for and to its own addresses, one thread for one alert', async () => {
    await using server = await serveMail();
    await tell(mail(server.smtp));
    await tell(mail(server.smtp), { ...of('resolve'), dedupKey: 'another' });
    const [first, second] = server.seen;
    expect(first).toMatchObject({ from: 'phasegate@example.test', to: ['oncall@example.test', 'cto@example.test'] });
    expect(first?.text).toContain('Subject: CRITICAL: isolation is broken');
    expect(first?.text).toContain('User <isolation> is broken & counts 3 violations.');
    expect(first?.text).toContain('Runbook: https://runbooks.example/isolation');
    const header = (text: string | undefined, name: string): string | undefined =>
      new RegExp(`^${name}: (<.*>)$`, 'm').exec(text ?? '')?.[1];
    expect(header(first?.text, 'References')).toBe(header(second?.text, 'References'));
    expect(header(first?.text, 'Message-ID')).not.toBe(header(second?.text, 'Message-ID'));
  });

  it('the same message sent again has the same Message-ID', async () => {
    await using server = await serveMail();
    await tell(mail(server.smtp));
    await tell(mail(server.smtp));
    const ids = server.seen.map(({ text }) => /^Message-ID: (.*)$/m.exec(text)?.[1]);
    expect(ids[0]).toBe(ids[1]);
  });

  it('a title with a line break makes no header', async () => {
    await using server = await serveMail();
    await tell(mail(server.smtp), { ...alert, title: 'one\r\nBcc: evil@example.test' });
    expect(server.seen[0]?.to).not.toContain('evil@example.test');
    expect(server.seen[0]?.text).not.toMatch(/^Bcc:/m);
  });

  it.each([
    [451, 'PG330', false],
    [550, 'PG331', true],
  ])('a server that answers %i is %s', async (code, type, nonRetryable) => {
    await using server = await serveMail(() => ({ code, message: 'not now' }));
    await expect(tell(mail(server.smtp))).rejects.toMatchObject({ type, nonRetryable });
  });

  it('one address that is refused is said, and the others have it', async () => {
    await using server = await serveMail((address) =>
      address.startsWith('cto') ? { code: 550, message: 'no such user' } : undefined
    );
    await expect(tell(mail(server.smtp))).rejects.toMatchObject({
      type: 'PG331',
      message: expect.stringContaining('did not take cto@example.test') as string,
    });
    expect(server.seen).toMatchObject([{ to: ['oncall@example.test'] }]);
  });

  it('one address that is taken later has it with the next attempt, and nobody has it twice', async () => {
    let waits = true;
    await using server = await serveMail((address) =>
      address.startsWith('cto') && waits ? { code: 451, message: 'greylisted' } : undefined
    );
    const first = testScope();
    await expect(attemptOf(mail(server.smtp), first)).rejects.toMatchObject({
      type: 'PG330',
      nonRetryable: false,
      message: expect.stringContaining('did not take cto@example.test') as string,
    });
    waits = false;
    await attemptOf(mail(server.smtp), testScope({ attempt: 2, heartbeatDetails: first.heartbeats.at(-1) }));
    expect(server.seen.map(({ to }) => to)).toEqual([['oncall@example.test'], ['cto@example.test']]);
  });

  it('one address that is refused beside one that is taken later is no reason to give that up', async () => {
    await using server = await serveMail((address) => {
      if (address.startsWith('oncall')) return undefined;
      return address.startsWith('cto') ? { code: 451, message: 'greylisted' } : { code: 550, message: 'no such user' };
    });
    const scope = testScope();
    const told = attemptOf(mail(server.smtp, { to: ['oncall@example.test', 'gone@example.test'] }), scope);
    await expect(told).rejects.toMatchObject({ type: 'PG330' });
    expect(scope.heartbeats.at(-1)).toEqual({ taken: ['oncall@example.test'] });
  });

  it.each([
    ['454 not now', 'PG330'],
    ['535 no', 'PG331'],
  ])('a login that is answered %s is %s', async (answer, type) => {
    await using server = await serveRoughly((command) => {
      if (command.startsWith('EHLO')) return '250-rough\r\n250 AUTH PLAIN';
      return command.startsWith('AUTH') ? answer : politely(command);
    });
    await expect(tell(mail(server.smtp, { user: 'u', password: 'p' }))).rejects.toMatchObject({ type });
  });

  it('nobody to write to is PG332, a server that is away PG330, clear text beyond loopback PG331', async () => {
    const { addresses: _addresses, ...unaddressed } = alert;
    await expect(tell(mail('127.0.0.1:1', { to: [] }), unaddressed)).rejects.toMatchObject({
      type: 'PG332',
      message: expect.stringContaining('no address is known of operations') as string,
    });
    await expect(tell(mail('127.0.0.1:1'))).rejects.toMatchObject({ type: 'PG330' });
    await expect(tell(mail('192.0.2.1:25'))).rejects.toMatchObject({ type: 'PG331' });
  });
});

describe('the webhook', () => {
  it('gets the alert, and no addresses', async () => {
    await using server = await serve((_, response) => response.end());
    await tell({ kind: 'webhook', name: 'team', url: server.url, headers: {} });
    expect(bodies(server)).toMatchObject([{ kind: 'alert', alert: { event: 'trigger', level: 'critical' } }]);
    expect(bodies(server)[0]).not.toHaveProperty('addresses');
  });
});
