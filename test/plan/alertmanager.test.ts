import { describe, expect, it } from 'vitest';
import { readAlertmanager } from '../../src/plan/alertmanager.js';
import { readTrouble } from '../../src/plan/trouble.js';

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
  it('says which run is meant, and what the run is told is a trouble that it takes', () => {
    const read = readAlertmanager(payload(alert), {});
    expect(read).toEqual({
      ok: true,
      told: [
        {
          run: 'migration/prod/checkout',
          trouble: {
            dedupKey: 'alertmanager/e4d5',
            source: 'alertmanager',
            title: 'Isolation is broken',
            reason: '3 violations',
            at: Date.parse(startsAt),
            level: 'critical',
            cause: 'isolation-violation',
            metric: 'user_isolation_violations',
          },
        },
      ],
    });
    if (!read.ok || !read.told[0] || !('trouble' in read.told[0])) throw new Error('it says nothing');
    expect(readTrouble(read.told[0].trouble)).toEqual(read.told[0].trouble);
  });

  it.each([
    ['critical', 'critical'],
    ['Page', 'critical'],
    ['error', 'critical'],
    ['warning', 'warning'],
    ['warn', 'warning'],
    ['info', undefined],
    [undefined, undefined],
  ])('severity %s is level %s', (severity, level) => {
    const read = readAlertmanager(payload(labelled(severity === undefined ? {} : { severity })), {
      plan: 'p',
      environment: 'e',
    });
    expect(read).toMatchObject({ ok: true, told: [{ run: 'migration/e/p' }] });
    expect(JSON.stringify(read).includes('"level"')).toBe(level !== undefined);
    if (level) expect(read).toMatchObject({ told: [{ trouble: { level } }] });
  });

  it('an alert that names no run is a problem, one that is resolved says nothing', () => {
    expect(readAlertmanager(payload(labelled({ phasegate_plan: 'p' }), { ...alert, status: 'resolved' }), {})).toEqual({
      ok: true,
      told: [
        { problem: 'A names no run: it has no label phasegate_environment, and the receiver was given none' },
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
    const told = [{ trouble: { title, reason } }];
    expect(readAlertmanager(payload(Object.keys(annotations).length > 0 ? named : bare), given)).toMatchObject({
      told,
    });
  });

  it('names the label that is missing', () => {
    const missing = 'A names no run: it has no label phasegate_plan, and the receiver was given none';
    for (const given of [{}, { environment: 'e' }, { plan: '' }])
      expect(readAlertmanager(payload(labelled({})), given)).toEqual({ ok: true, told: [{ problem: missing }] });
  });

  it('a label wins over the default', () => {
    expect(readAlertmanager(payload(alert), { plan: 'other', environment: 'other' })).toMatchObject({
      told: [{ run: 'migration/prod/checkout' }],
    });
  });

  it('what is longer than a run takes is cut', () => {
    const long = {
      ...alert,
      annotations: { summary: 'x'.repeat(5_000), description: 'y'.repeat(5_000) },
      labels: { ...alert.labels, phasegate_cause: 'c'.repeat(500), phasegate_metric: 'm'.repeat(500) },
    };
    const read = readAlertmanager(payload(long), {});
    if (!read.ok || !read.told[0] || !('trouble' in read.told[0])) throw new Error('it says nothing');
    expect(readTrouble(read.told[0].trouble)).toBeDefined();
  });

  it.each([
    [undefined, 'no webhook of Alertmanager: Invalid input'],
    [{}, 'version is not "4"'],
    [{ ...payload(), version: '3' }, 'version is not "4"'],
    [payload({ ...alert, startsAt: 'yesterday' }), 'alerts.0.startsAt '],
    [payload({ ...alert, fingerprint: undefined }), 'alerts.0.fingerprint '],
    [payload({ ...alert, status: 'odd' }), 'alerts.0.status '],
  ])('%j is refused with what is wrong', (raw, problem) => {
    const read = readAlertmanager(raw, {});
    expect(read).toMatchObject({ ok: false, problem: expect.stringContaining(problem) as string });
  });
});
