import { describe, expect, it } from 'vitest';
import type { AlertState } from '../../../src/plan/alert/course.js';
import { alertMessage, channelDownMessage, wordsOf } from '../../../src/plan/alert/messages.js';
import { alertStatus } from '../../../src/plan/alert/status.js';
import type { AlertMessageKind, AlertStatus, Delivery } from '../../../src/plan/watch-status.js';
import { alertInput } from '../../support/guard/alerts.js';

const minute = 60_000;
const crossing: AlertState['crossing'] = {
  level: 'critical',
  reason: 'beyond 5%',
  value: 0.07,
  at: 0,
  context: { affected: '12 users' },
};
const state = (change: Partial<AlertState> = {}): AlertState => ({
  news: crossing,
  crossing,
  route: 'critical',
  openedAt: 0,
  reminders: 0,
  ...change,
});
const back = { level: 'recovered', reason: 'error_rate is back', at: 1 } as const;
const key = 'migration/e/p/alert/error_rate#r';
const keys = { alert: key, messages: `${key}#first` };
const title = 'Errors in Test of migration/e/p';
const message = 'error_rate: 0.07 (12 users), Users leave, beyond 5%, critical, P';
const acknowledge = 'Acknowledge with: phasegate alert ack e/p/error_rate';
const incidentAck = 'phasegate incident list e/p, then phasegate incident ack INCIDENT e/p';

describe('what a channel is told of an alert', () => {
  it('is its words, for whom it is, and by what others recognise it', () => {
    expect(alertMessage(alertInput(), state(), 'opened', keys, 1)).toEqual({
      kind: 'alert',
      run: 'migration/e/p',
      title,
      text: `${message}\n${acknowledge}`,
      to: ['lead', 'manager'],
      dedupKey: `${key}#first/opened/1`,
      remarks: ['identities were not verified'],
      addresses: [],
      alert: {
        dedupKey: key,
        event: 'trigger',
        metric: 'error_rate',
        level: 'critical',
        runbook: 'https://wiki/errors',
      },
    });
  });

  it('of a guard that is blind says what that means, and not that the guard is a metric', () => {
    const blind = { level: 'no-data', reason: 'none of the 3 metrics has had a valid value', at: 0 } as const;
    const input = alertInput({ key: 'guard', metric: 'guard' });
    const words = {
      title: 'NO DATA: the guard can measure nothing',
      message:
        'While that lasts nobody sees what the run does, and nothing is taken back by itself.\n\n' +
        '- Why: none of the 3 metrics has had a valid value\n- Run: migration/e/p',
    };
    expect(wordsOf(input, state({ crossing: blind }))).toEqual(words);
    expect(alertMessage(input, state({ crossing: blind, route: 'warning' }), 'opened', keys, 1)).toMatchObject({
      title: words.title,
      text: `${words.message}\nAcknowledge with: phasegate alert ack e/p/guard`,
      alert: { event: 'trigger', metric: 'guard', level: 'no-data' },
    });
  });

  it('goes to the addresses of those who are next in line, and on the page that it has', () => {
    const sent = alertMessage(alertInput(), state({ escalatedAt: minute, page: 'everything' }), 'escalation', keys, 2);
    expect(sent).toMatchObject({ addresses: ['board@example.com'], alert: { page: 'everything' } });
  });

  it('on a page that it has with an incident, says how that is acknowledged, which calls people', () => {
    const sent = alertMessage(alertInput(), state({ page: 'everything' }), 'opened', keys, 1);
    expect(sent.text).toBe(`${message}\nIts incident calls people; acknowledge that with: ${incidentAck}`);
  });

  it.each<[AlertMessageKind, Partial<AlertState>, string, string, string, string]>([
    ['raised', {}, 'alert', 'trigger', title, `${message}\n${acknowledge}`],
    [
      'reminder',
      { reminders: 3 },
      'reminder',
      'trigger',
      `Reminder 3: ${title}`,
      `Nobody has acknowledged it yet. ${message}\n${acknowledge}`,
    ],
    [
      'escalation',
      { openedAt: minute, escalatedAt: 6 * minute },
      'escalation',
      'trigger',
      `Escalation: ${title}`,
      `Nobody acknowledged it for 5 min. ${message}\n${acknowledge}`,
    ],
    [
      'acknowledged',
      { acknowledged: { by: 'erin', at: 1 } },
      'acknowledged',
      'acknowledge',
      `Acknowledged by erin: ${title}`,
      `erin takes care of it. ${message}`,
    ],
    [
      'recovered',
      { news: back, openedAt: minute, closedAt: 8 * minute },
      'recovered',
      'resolve',
      `Recovered: ${title}`,
      'error_rate is back. It was open for 7 min.',
    ],
    [
      'recovered',
      { news: { ...back, level: 'unwatched' }, closedAt: 3 * minute },
      'recovered',
      'resolve',
      `No longer watched: ${title}`,
      'error_rate is back. It was open for 3 min.',
    ],
  ])('when it is %s (%j): %s', (kind, change, sort, event, heading, text) => {
    expect(alertMessage(alertInput(), state(change), kind, keys, 1)).toMatchObject({
      kind: sort,
      title: heading,
      text,
      alert: { event },
    });
  });

  it('of a channel that takes nothing, is told on the others', () => {
    const down = { channel: 'pager', reason: 'it answers 500' };
    expect(channelDownMessage(alertInput(), state(), keys, down)).toMatchObject({
      kind: 'alert',
      title: 'Channel pager does not take alerts',
      text: `it answers 500. Whoever is told by pager may not know of: ${title}.`,
      dedupKey: `${key}#first/channel-down/pager`,
      alert: { event: 'trigger', dedupKey: key },
    });
  });

  it('of a channel that takes nothing, does not open a page again that others end', () => {
    const down = { channel: 'slack', reason: 'it answers 500' };
    const shared = state({ page: 'everything' });
    expect(channelDownMessage(alertInput(), shared, keys, down).alert.page).toBeUndefined();
    expect(alertMessage(alertInput(), shared, 'opened', keys, 1).alert.page).toBe('everything');
  });

  it('of a warning says what a person may declare before the metric does', () => {
    const worse = { cause: 'isolation', title: 'Data of others', severity: 1 } as const;
    const warning = state({ crossing: { ...crossing, level: 'warning' }, route: 'warning' });
    const hint =
      'If it is "Data of others" already, severity 1, declare it: ' +
      'phasegate incident declare e/p --cause isolation --reason "what is wrong"';
    expect(wordsOf(alertInput({ worse }), warning).message).toBe(
      `${wordsOf(alertInput(), warning).message}\n\n${hint}`
    );
    expect(wordsOf(alertInput(), warning).message).not.toContain('declare');
    expect(wordsOf(alertInput({ worse }), state()).message).not.toContain('declare');
    // It was critical before: what it is has been decided.
    expect(wordsOf(alertInput({ worse }), { ...warning, route: 'critical' }).message).not.toContain('declare');
  });

  it('without a template or a value says what is known', () => {
    const { alerts: _alerts, impact: _impact, ...bare } = alertInput();
    const { value: _value, context: _context, ...seen } = crossing;
    expect(wordsOf(bare, { crossing: seen, route: 'critical' })).toEqual({
      title: 'CRITICAL: error_rate',
      message: [
        'It has crossed its critical threshold.',
        '',
        '- Metric: error_rate (Failing requests)',
        '- Why: beyond 5%',
        '- Run: migration/e/p',
      ].join('\n'),
    });
    expect(alertMessage(bare, state(), 'opened', keys, 1).alert).not.toHaveProperty('runbook');
    expect(wordsOf({ ...bare, impact: 'Users leave' }, { crossing: seen, route: 'critical' }).message).toContain(
      '- Impact: Users leave'
    );
  });
});

describe('the status of an alert', () => {
  const told = (deliveries: Delivery[] = []) => ({
    workflowId: 'migration/e/p/alert/error_rate',
    runId: 'r',
    dedupKey: key,
    deliveries,
    refusals: [],
  });
  const of = (change: Partial<AlertState> = {}, deliveries: Delivery[] = [], given = alertInput()): AlertStatus =>
    alertStatus(given, state(change), told(deliveries));
  const waits = `${title}: waits for lead or manager to acknowledge (phasegate alert ack e/p/error_rate)`;

  it('says all that is known of it', () => {
    expect(of({ escalateAt: 2 * minute, remindAt: 15 * minute })).toEqual({
      schemaVersion: 1,
      ...told(),
      metric: 'error_rate',
      level: 'critical',
      state: 'firing',
      title,
      message,
      runbook: 'https://wiki/errors',
      reason: 'beyond 5%',
      openedAt: 0,
      sentence: `${waits}; at 1970-01-01 00:02:00Z it goes to cto, lead.`,
    });
  });

  it.each<[string, Partial<AlertState>, Partial<AlertStatus>, string]>([
    [
      'waits for a reminder',
      { remindAt: 15 * minute },
      { state: 'firing' },
      `${waits}; everybody is reminded at 1970-01-01 00:15:00Z.`,
    ],
    [
      'has come to the next in line',
      { remindAt: 15 * minute, escalatedAt: minute },
      { state: 'firing', escalatedAt: minute },
      `${waits.replace('lead or manager', 'lead, manager or cto')}; everybody is reminded at 1970-01-01 00:15:00Z.`,
    ],
    [
      'shares its page with an incident',
      { page: 'everything' },
      { state: 'firing' },
      `${title}: its incident calls people (${incidentAck}); it closes when the metric is back.`,
    ],
    [
      'is acknowledged',
      { acknowledged: { by: 'erin', at: minute } },
      { state: 'acknowledged', acknowledged: { by: 'erin', at: minute } },
      `${title}: erin takes care of it since 1970-01-01 00:01:00Z; it closes when the metric is back.`,
    ],
    [
      'may be back',
      { acknowledged: { by: 'erin', at: minute }, recoverAt: 2 * minute, news: back },
      { state: 'acknowledged', reason: 'beyond 5%' },
      `${title}: the metric is back; it closes at 1970-01-01 00:02:00Z when that lasts.`,
    ],
    [
      'is over',
      { acknowledged: { by: 'erin', at: minute }, closedAt: 3 * minute, news: back },
      { state: 'closed', closedAt: 3 * minute, reason: 'error_rate is back' },
      `${title}: closed, error_rate is back.`,
    ],
  ])('that %s', (_, change, expected, sentence) => {
    expect(of(change)).toMatchObject({ ...expected, sentence });
  });

  it('names the channels that did not take it yet, each once', () => {
    const delivery = (channel: string, is: Delivery['state']): Delivery => ({
      channel,
      kind: 'opened',
      state: is,
      at: 0,
    });
    const sent = [delivery('pager', 'failing'), delivery('chat', 'delivered'), delivery('pager', 'failing')];
    const ending = ' pager did not take it yet and is tried again.';
    expect(of({ closedAt: 0, news: back }, sent).sentence).toBe(`${title}: closed, error_rate is back.${ending}`);
    const two = of({}, [...sent, delivery('mail', 'failing'), delivery('log', 'given up')]).sentence;
    expect(two).toMatch(/\. pager, mail did not take it yet/);
  });

  it('asks everybody where the plan has no alerts', () => {
    const { alerts: _alerts, ...bare } = alertInput();
    expect(of({ remindAt: minute, escalateAt: 1 }, [], bare).sentence).toMatch(
      /: waits for dana, erin, lee or carlos to acknowledge .*; everybody is reminded at 1970-01-01 00:01:00Z\.$/
    );
  });
});
