import { describe, expect, it } from 'vitest';
import { alertDedupKey, alertOfDedupKey, pageKey, runOfPageKey } from '../../src/plan/names.js';
import { readPagerDuty } from '../../src/plan/pagerduty.js';
import { readAcknowledgedElsewhere } from '../../src/plan/trouble.js';

const key = 'migration/prod/checkout/alert/error_rate#01234567';
const event = (change: object = {}) => ({
  event: {
    id: '01',
    event_type: 'incident.acknowledged',
    resource_type: 'incident',
    occurred_at: '2026-11-28T12:00:00.000Z',
    agent: { id: 'P1', type: 'user_reference', summary: 'Ola Nordmann' },
    data: { id: 'Q1', type: 'incident', status: 'acknowledged', incident_key: key },
    ...change,
  },
});

describe("PagerDuty's webhook", () => {
  it('says which alert was acknowledged, and by whom', () => {
    expect(readPagerDuty(event())).toEqual({
      ok: true,
      acknowledged: {
        alert: 'migration/prod/checkout/alert/error_rate',
        message: { by: 'Ola Nordmann', via: 'PagerDuty' },
      },
    });
    expect(readPagerDuty(event({ agent: null }))).toMatchObject({ acknowledged: { message: { by: 'somebody' } } });
  });

  it('a name with escape sequences and line breaks is a plain one', () => {
    expect(readPagerDuty(event({ agent: { summary: 'Ola\u001b[2J\n✔ completed' } }))).toMatchObject({
      acknowledged: { message: { by: 'Ola[2J ✔ completed' } },
    });
    expect(readPagerDuty(event({ agent: { summary: '\u200b\n' } }))).toMatchObject({
      acknowledged: { message: { by: 'somebody' } },
    });
  });

  it.each(['everything', 'guard/cause/leak', 'guard/metric/error_rate', 'incident/3'])(
    'says that the page "%s" of a run was acknowledged',
    (what) => {
      const run = 'migration/prod/checkout';
      const page = pageKey({ workflowId: run, runId: '01234567-89ab' }, what);
      expect(readPagerDuty(event({ data: { incident_key: page } }))).toEqual({
        ok: true,
        acknowledged: { run, message: { by: 'Ola Nordmann', via: 'PagerDuty', page } },
      });
    }
  );

  it.each([['migration/e/p/alert/odd#01234567/x'], ['migration/e/p#0123/x'], ['migration/e/p#01234567/'], ['x']])(
    '%s is the page of no run',
    (key) => {
      expect(runOfPageKey(key)).toBeUndefined();
    }
  );

  it.each([
    [event({ event_type: 'incident.resolved' }), 'incident.resolved is not heard'],
    [event({ data: { incident_key: 'disk-full' } }), 'it is no incident of phasegate'],
    [event({ data: { incident_key: null } }), 'it is no incident of phasegate'],
    [event({ data: {} }), 'it is no incident of phasegate'],
    [event({ data: { incident_key: 'migration/prod/checkout#01234567' } }), 'it is no incident of phasegate'],
  ])('%j says nothing', (raw, ignored) => {
    expect(readPagerDuty(raw)).toEqual({ ok: true, ignored });
  });

  it.each<[unknown, RegExp]>([
    [undefined, /^no webhook of PagerDuty: Invalid input/],
    [[], /^no webhook of PagerDuty: Invalid input/],
    [{}, /^no webhook of PagerDuty: event Invalid input/],
    [{ event: { event_type: 1, data: {} } }, /^no webhook of PagerDuty: event\.event_type Invalid input/],
  ])('%j is refused with what is wrong', (raw, problem) => {
    expect(readPagerDuty(raw)).toEqual({ ok: false, problem: expect.stringMatching(problem) as string });
  });

  it.each([
    [{ summary: ' Ola ' }, 'Ola'],
    [{ summary: ' ' }, 'somebody'],
    [{}, 'somebody'],
    [undefined, 'somebody'],
    [{ summary: 'x'.repeat(300) }, 'x'.repeat(200)],
  ])('says of %j that it was %s, which an alert takes', (agent, by) => {
    const read = readPagerDuty(event({ agent }));
    expect(read).toMatchObject({ acknowledged: { message: { by } } });
    expect(readAcknowledgedElsewhere({ by, via: 'PagerDuty' })).toBeDefined();
  });

  it('the key of an alert leads back to it', () => {
    for (const id of ['migration/e/p/alert/error_rate', 'migration/e/p/alert/odd#name'])
      expect(alertOfDedupKey(alertDedupKey(id, { runId: 'abcdefgh-1' }))).toBe(id);
    expect(alertOfDedupKey('migration/e/p/alert/error_rate')).toBeUndefined();
  });
});
