import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../src/activities/contract.js';
import type { Channel } from '../../../src/plan/model.js';
import { notify } from '../../../src/activities/notify/notify.js';
import { testEnvironment } from '../../support/activities/environment.js';
import { serve } from '../../support/activities/http-server.js';
import { activitiesOn } from '../../support/activities/run-activity.js';
import { serveMail } from '../../support/activities/smtp-server.js';
import { hurriedClock, testScope, testTools } from '../../support/activities/tools.js';

const notification: Notification = {
  kind: 'approval',
  run: 'migration/test/plan',
  address: '1a/approval#1',
  title: 'Approve phase 1A',
  text: 'Phase 1A waits for 1 engineering-lead until 18:00.',
  to: ['engineering-lead'],
  dedupKey: 'migration/test/plan:1a/approval#1:opened',
  remarks: ['identities were not verified'],
};
const log: Channel = { kind: 'log', name: 'worker-log' };
const webhook = (url: string, headers = {}): Channel => ({ kind: 'webhook', name: 'team', url, headers });

function quick(overrides: Parameters<typeof testTools>[0] = {}): ReturnType<typeof testTools> {
  return testTools({ clock: hurriedClock, ...overrides });
}

describe('notifying', () => {
  it('writes to the log and posts the documented JSON, with the dedup key as header', async () => {
    await using server = await serve((_, response) => response.writeHead(204).end());
    const tools = quick({ env: { HOOK: 'canary-path', KEY: 'canary-key' } });
    const channels = [log, webhook(`${server.url}/\${env:HOOK}`, { 'x-key': '${env:KEY}' })];
    const result = await activitiesOn(tools).notify({
      environment: testEnvironment({ notify: channels }),
      notification,
    });
    expect(result).toMatchObject({ delivered: ['worker-log', 'team'], failed: {} });
    const [request] = server.seen;
    expect(request).toMatchObject({ method: 'POST', path: '/canary-path' });
    expect(request?.headers).toMatchObject({ 'x-key': 'canary-key', 'idempotency-key': notification.dedupKey });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      schemaVersion: 1,
      ...notification,
      environment: { id: 'test', kind: 'test', title: 'Test' },
      at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(tools.lines).toMatchObject([
      { level: 'info', message: 'Approve phase 1A', facts: { channel: 'worker-log', to: ['engineering-lead'] } },
    ]);
  });

  it('a dead channel stops no other and is named, without the secret in its URL', async () => {
    const tools = quick({ env: { HOOK: 'canary-path' } });
    const channels = [webhook('http://127.0.0.1:1/${env:HOOK}'), log, webhook('http://[broken')];
    const result = await activitiesOn(tools).notify({
      environment: testEnvironment({ notify: channels.slice(0, 2) }),
      notification,
    });
    expect(result).toMatchObject({ delivered: ['worker-log'], failed: { team: expect.any(String) as string } });
    expect(JSON.stringify([result, tools.lines])).not.toContain('canary');
    expect(tools.lines.map(({ level }) => level)).toContain('warn');
  });

  it('tries a busy webhook three times, and one that refuses once', async () => {
    let count = 0;
    await using busy = await serve((_, response) => response.writeHead((count += 1) < 3 ? 503 : 200).end());
    const environment = testEnvironment({ notify: [webhook(busy.url)] });
    expect(await activitiesOn(quick()).notify({ environment, notification })).toMatchObject({ delivered: ['team'] });
    await using refusing = await serve((_, response) => response.writeHead(400).end('bad shape'));
    const call = activitiesOn(quick()).notify({
      environment: testEnvironment({ notify: [webhook(refusing.url)] }),
      notification,
    });
    await expect(call).rejects.toMatchObject({
      type: 'PG315',
      nonRetryable: false,
      message: expect.stringContaining('no channel took "Approve phase 1A": team: answered 400 bad shape') as string,
    });
    expect(refusing.seen).toHaveLength(1);
  });

  it('whoever an address is refused beside has the mail once, and is left out when the same is told again', async () => {
    let away = true;
    await using mails = await serveMail((address) => {
      if (address.startsWith('gone')) return { code: 550, message: 'no such user' };
      return address.startsWith('cto') && away ? { code: 451, message: 'greylisted' } : undefined;
    });
    const mail = (...to: string[]): Channel => ({
      kind: 'email',
      name: 'mail',
      smtp: mails.smtp,
      security: 'none',
      from: 'phasegate@example.test',
      to,
    });
    const final = testEnvironment({ notify: [mail('oncall@example.test', 'gone@example.test')] });
    expect(await activitiesOn(quick()).notify({ environment: final, notification })).toMatchObject({
      delivered: [],
      failed: { mail: 'the server did not take gone@example.test' },
      refused: ['mail'],
      taken: { mail: ['oncall@example.test'] },
    });
    const later = testEnvironment({ notify: [mail('oncall@example.test', 'cto@example.test')] });
    const scope = testScope();
    const first = await notify({ environment: later, notification }, quick(), scope);
    expect(first).toMatchObject({
      failed: { mail: expect.any(String) as string },
      taken: { mail: ['oncall@example.test'] },
    });
    expect(first).not.toHaveProperty('refused');
    expect(scope.heartbeats.at(-1)).toEqual({ delivered: [], taken: first.taken && { ...first.taken } });
    away = false;
    const { taken = {} } = first;
    expect(await notify({ environment: later, notification, taken }, quick(), testScope())).toMatchObject({
      delivered: ['mail'],
      failed: {},
    });
    await notify(
      { environment: later, notification },
      quick(),
      testScope({ heartbeatDetails: scope.heartbeats.at(-1) })
    );
    expect(mails.seen.map(({ to }) => to)).toEqual([
      ['oncall@example.test'],
      ['oncall@example.test'],
      ['cto@example.test'],
      ['cto@example.test'],
    ]);
  });

  it('a missing secret of one channel is its failure alone', async () => {
    const channels = [log, webhook('${env:NONE}')];
    const result = await activitiesOn(quick()).notify({
      environment: testEnvironment({ notify: channels }),
      notification,
    });
    expect(result.failed['team']).toContain('the environment variable NONE of a secret reference is missing');
  });

  it('an environment without channels is told to nobody, and that is no error', async () => {
    expect(await activitiesOn(quick()).notify({ environment: testEnvironment(), notification })).toMatchObject({
      delivered: [],
      failed: {},
    });
  });

  it('an attempt after a crash tells only those who were not told', async () => {
    await using server = await serve((_, response) => response.end());
    const tools = quick();
    const environment = testEnvironment({ notify: [log, webhook(server.url)] });
    const first = testScope();
    await notify({ environment, notification }, tools, first);
    const again = testScope({ heartbeatDetails: { delivered: ['team'] } });
    expect(await notify({ environment, notification }, tools, again)).toMatchObject({
      delivered: ['team', 'worker-log'],
    });
    expect(first.heartbeats.at(-1)).toEqual({ delivered: ['worker-log', 'team'] });
    expect(server.seen).toHaveLength(1);
  });
});
