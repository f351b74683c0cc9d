import { describe, expect, it } from 'vitest';
import { readAlertmanager } from '../../src/plan/alertmanager.js';

const startsAt = '2026-11-28T12:00:00.000Z';
const alert = {
  status: 'firing',
  labels: {
    alertname: 'IsolationBroken',
    severity: 'critical',
    phasegate_plan: 'checkout',
    phasegate_environment: 'prod',
    phasegate_cause: 'isolation-violation',
    phasegate_metric: 'user_isolation_violations',
  },
  annotations: { summary: 'Isolation is broken', description: '3 violations' },
  startsAt,
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus',
  fingerprint: 'e4d5',
};
const payload = (...alerts: object[]) => ({ version: '4', groupKey: '{}', status: 'firing', receiver: 'x', alerts });
const labelled = (labels: object) => ({ ...alert, labels: { alertname: 'A', ...labels } });

describe("Alertmanager's webhook", () => {
  it('says which run is meant, and what the alert says', () => {
    expect(readAlertmanager(payload(alert), {})).toEqual({
      ok: true,
      posted: [
        {
          run: 'migration/prod/checkout',
          alert: {
            name: 'IsolationBroken',
            key: 'alertmanager/e4d5',
            title: 'Isolation is broken',
            reason: '3 violations',
            at: Date.parse(startsAt),
            labels: alert.labels,
          },
        },
      ],
    });
  });

  it('escape sequences, turned text and a title of several lines become plain words', () => {
    const annotations = {
      summary: 'down\r\nBcc: evil@example.test\n✔ completed',
      description: '\u001b[2Jtwo\u009b2J\nlines \u202e001\u202c\u0007',
    };
    const evil = {
      ...alert,
      annotations,
      fingerprint: 'e4\n\u001bd5',
      labels: { ...alert.labels, alertname: 'A\nB\u001b' },
    };
    expect(readAlertmanager(payload(evil), {})).toMatchObject({
      posted: [
        {
          alert: {
            name: 'A B',
            key: 'alertmanager/e4 d5',
            title: 'down Bcc: evil@example.test ✔ completed',
            reason: '[2Jtwo2J\nlines 001',
          },
        },
      ],
    });
  });

  it('words that are too long are cut, but no character in half', () => {
    const annotations = { summary: `x${'😀'.repeat(2_000)}`, description: `x${'😀'.repeat(2_000)}` };
    const whole = `x${'😀'.repeat(999)}`;
    expect(readAlertmanager(payload({ ...alert, annotations }), {})).toMatchObject({
      posted: [{ alert: { title: whole, reason: whole } }],
    });
  });

  it('an alert that names no run is a problem, one that is resolved says nothing', () => {
    expect(readAlertmanager(payload(labelled({ phasegate_plan: 'p' }), { ...alert, status: 'resolved' }), {})).toEqual({
      ok: true,
      posted: [
        { problem: 'A names no run: it has no label phasegate_environment, and the receiver was given no --env' },
        { ignored: 'IsolationBroken is resolved' },
      ],
    });
  });

  it.each<[string, object, object, string, string]>([
    ['as others name them', { alertname: 'A' }, { title: 'T', message: 'M' }, 'T', 'M'],
    ['by its name', { alertname: 'A' }, {}, 'A', 'Alertmanager reports A'],
    ['by its fingerprint where it has no name', {}, {}, 'e4d5', 'Alertmanager reports e4d5'],
  ])('its words are told %s', (_, labels, annotations, title, reason) => {
    const named = { ...alert, labels, annotations };
    const { annotations: _none, ...bare } = named;
    const given = { plan: 'p', environment: 'e' };
    const posted = [{ alert: { title, reason } }];
    expect(readAlertmanager(payload(Object.keys(annotations).length > 0 ? named : bare), given)).toMatchObject({
      posted,
    });
  });

  it('names the label that is missing', () => {
    const missing = 'A names no run: it has no label phasegate_plan, and the receiver was given no --plan';
    for (const given of [{}, { environment: 'e' }, { plan: '' }])
      expect(readAlertmanager(payload(labelled({})), given)).toEqual({ ok: true, posted: [{ problem: missing }] });
  });

  it('a label wins over the default', () => {
    expect(readAlertmanager(payload(alert), { plan: 'other', environment: 'other' })).toMatchObject({
      posted: [{ run: 'migration/prod/checkout' }],
    });
  });

  it('a label that is empty is none', () => {
    const empty = labelled({ phasegate_plan: '', severity: '' });
    expect(readAlertmanager(payload(empty), { plan: 'p', environment: 'e' })).toMatchObject({
      posted: [{ run: 'migration/e/p', alert: { labels: { alertname: 'A' } } }],
    });
  });

  it.each(['checkout/phase/1a', '../x', 'Checkout', ''.padEnd(61, 'x')])('"%s" is no id of a plan', (plan) => {
    expect(readAlertmanager(payload(labelled({ phasegate_plan: plan })), { environment: 'e' })).toEqual({
      ok: true,
      posted: [{ problem: `A names no run: "${plan}" is no id` }],
    });
  });

  it('an alert that is none is a problem of its own, which keeps no other back', () => {
    const odd = [{}, null, 'x', { ...alert, startsAt: 'yesterday' }, { ...alert, status: 'odd' }];
    const { fingerprint: _, ...anonymous } = alert;
    const read = readAlertmanager(payload(...(odd as object[]), anonymous, alert), {});
    expect(read).toMatchObject({ ok: true, posted: { length: 7, 6: { run: 'migration/prod/checkout' } } });
    const problems = read.ok ? read.posted.flatMap((one) => ('problem' in one ? [one.problem] : [])) : [];
    expect(problems).toEqual(
      ['0.status', '1 ', '2 ', '3.startsAt', '4.status', '5.fingerprint'].map(
        (where) => expect.stringContaining(`no alert of Alertmanager: alerts.${where}`) as string
      )
    );
  });

  it.each([
    [undefined, 'no webhook of Alertmanager: Invalid input'],
    [{}, 'version is not "4"'],
    [{ ...payload(), version: '3' }, 'version is not "4"'],
    [{ version: '4', alerts: {} }, 'alerts Invalid input'],
  ])('%j is refused with what is wrong', (raw, problem) => {
    const read = readAlertmanager(raw, {});
    expect(read).toMatchObject({ ok: false, problem: expect.stringContaining(problem) as string });
  });
});
