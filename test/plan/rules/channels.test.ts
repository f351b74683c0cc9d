import { describe, expect, it } from 'vitest';
import { loadEnvironment } from '../../../src/plan/load-environment.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { changeAll } from '../support/samples.js';
import { watchedEnvironment } from '../support/watch-samples.js';

const cases: FaultCase[] = [
  {
    name: 'a routing key in the clear',
    from: "routing-key: '${env:PAGER_KEY}'",
    to: 'routing-key: «0123456789abcdef»',
    code: 'PG108',
    says: 'routing-key: a secret stands in the clear',
    hint: '${env:NAME}',
  },
  {
    name: 'a password of a mail server in the clear',
    from: 'from: phasegate@example.com }',
    to: 'from: phasegate@example.com, user: me, password: «hunter2» }',
    code: 'PG108',
    says: 'password: a secret stands in the clear',
  },
  {
    name: 'a user of a mail server without a password',
    from: 'mail: { kind: email,',
    to: '«mail»: { kind: email, user: me,',
    code: 'PG103',
    says: 'a user and a password, or neither',
  },
  {
    name: 'a mail server without a port',
    from: "smtp: 'smtp.example.com:587'",
    to: 'smtp: «smtp.example.com»',
    code: 'PG104',
    says: '"smtp.example.com" is not host:port of a mail server',
    hint: 'smtp.example.com:587',
  },
  {
    name: 'a mail server that is empty and must not be',
    from: "smtp: 'smtp.example.com:587'",
    to: "smtp: «''»",
    code: 'PG104',
    says: 'there is no mail server',
    hint: 'optional: true',
  },
  {
    name: 'mail without encryption to another machine',
    from: 'from: phasegate@example.com }',
    to: 'from: phasegate@example.com, security: «none» }',
    code: 'PG123',
    says: 'what goes to smtp.example.com without encryption can be read on the way',
    hint: 'starttls or tls',
  },
  {
    name: 'a sender that is no address',
    from: 'from: phasegate@example.com }',
    to: "from: «'Phasegate <a@b>'» }",
    code: 'PG104',
    says: 'is not an e-mail address',
  },
  {
    name: 'a contact that is no address',
    from: 'team: team@example.com }',
    to: 'team: «the team» }',
    code: 'PG104',
    says: '"the team" is not an e-mail address',
  },
  {
    name: 'a person whose address is none',
    from: 'email: ada@example.com',
    to: 'email: «ada»',
    code: 'PG104',
    says: '"ada" is not an e-mail address',
  },
  {
    name: 'a Slack address that is none',
    from: "url: '${env:CHAT_HOOK}'",
    to: 'url: «hooks.example.com»',
    code: 'PG104',
    says: 'the address of the webhook is not an http address',
  },
  {
    name: 'a Slack address in the clear',
    from: "url: '${env:CHAT_HOOK}'",
    to: 'url: «https://hooks.slack.com/services/T0/B0/XX»',
    code: 'PG108',
    says: 'url: the address of a Slack webhook is a secret, and stands in the clear',
    hint: '${env:NAME}',
  },
  {
    name: 'a webhook address that is empty and must not be',
    from: "url: 'http://127.0.0.1:5000/x'",
    to: "url: «''»",
    code: 'PG104',
    says: 'the address of the webhook is not an http address',
  },
  {
    name: 'a channel of a kind that nobody knows',
    from: 'log: { kind: log }',
    to: 'log: { kind: «fax» }',
    code: 'PG103',
    says: 'not one of the choices',
  },
  {
    name: 'a key of another kind',
    from: 'log: { kind: log }',
    to: "log: { kind: log, «smtp»: 'x:25' }",
    code: 'PG103',
    says: 'unknown key "smtp"',
  },
  {
    name: 'a context query with a template of its own making',
    from: 'sum(increase(errors[{{range}}]))',
    to: 'sum(increase(errors[{{period}}]))',
    also: [["failed_count: '", "failed_count: «'"]],
    code: 'PG107',
    says: 'unknown template "period"',
    hint: '{{range}}, {{elapsed}}',
  },
  {
    name: 'a context whose name is no variable',
    from: "context: { failed_count: '",
    to: "context: { «failed-count»: '",
    code: 'PG103',
    says: 'failed-count',
  },
];

describe('rules about the channels of alerts', () => {
  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(watchedEnvironment, row);
    expectOnlyFault(loadEnvironment(marked.text, 'lab.yaml', {}).faults, marked, row);
  });

  it('never show a secret that stands in the clear', () => {
    const text = watchedEnvironment
      .replace("routing-key: '${env:PAGER_KEY}'", 'routing-key: 0123456789abcdef')
      .replace("url: '${env:CHAT_HOOK}'", 'url: hooks.example.com/T0/B0/secret');
    const { faults } = loadEnvironment(text, 'lab.yaml', {});
    expect(faults).toHaveLength(2);
    expect(JSON.stringify(faults)).not.toMatch(/0123456789|T0/);
  });

  it('let mail go without encryption to this machine', () => {
    const text = watchedEnvironment.replace("smtp: 'smtp.example.com:587'", "smtp: '127.0.0.1:2525', security: none");
    expect(loadEnvironment(text, 'lab.yaml', {}).faults).toEqual([]);
  });
});
