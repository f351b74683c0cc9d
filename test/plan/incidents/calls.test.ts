import { describe, expect, it } from 'vitest';
import { callAgain, escalationOfAlert, nextAskedAt, nextCallAt } from '../../../src/plan/incidents/calls.js';
import { freshIncident, type IncidentState } from '../../../src/plan/incidents/course.js';
import { calledBy } from '../../../src/plan/incidents/recipients.js';
import { nextSentence } from '../../../src/plan/incidents/status.js';
import type { IncidentInput } from '../../../src/plan/run-input.js';
import type { Trouble } from '../../../src/plan/trouble.js';
import { alertsOf } from '../../support/alert/alert-input.js';
import { incidentInput, incidents, severity, span } from '../../support/stage/plans.js';
import { shippedPlan } from '../support/shipped.js';

const minute = 60_000;
const inFifteen = { respondWithin: span(15 * minute), escalateAfter: span(15 * minute) };
const spec = incidents({ severities: [severity(1), severity(2, [], inFifteen), severity(3)] });
const inFive = { after: span(5 * minute), to: ['cto'] };

interface Call {
  atMinute: number;
  told?: string;
  to: string[];
}

/** The calls of an incident that nobody acknowledges. */
function callsOf(input: IncidentInput, most: number): Call[] {
  const state = freshIncident(input, 0);
  return Array.from({ length: most }, () => {
    const at = nextCallAt(input, state);
    const told = callAgain(input, state, at);
    return { atMinute: at / minute, ...(told === undefined ? {} : { told }), to: calledBy(input, state) };
  });
}

describe('an incident that nobody acknowledges', () => {
  const given = incidentInput({ incidents: spec, firstCalled: ['dana'] });

  it('calls the next in line at its deadline, and all of them ever more rarely', () => {
    expect(callsOf(given, 3)).toEqual([
      { atMinute: 15, told: 'nobody acknowledged it in time: lead is called', to: ['dana', 'erin', 'lee'] },
      { atMinute: 45, to: ['dana', 'erin', 'lee'] },
      { atMinute: 105, to: ['dana', 'erin', 'lee'] },
    ]);
  });

  it('that comes from a critical alert escalates as that does, and at its own deadline besides', () => {
    expect(callsOf({ ...given, alert: inFive }, 4)).toEqual([
      {
        atMinute: 5,
        told: 'nobody acknowledged it in the time of a critical alert: cto is called',
        to: ['carlos', 'dana'],
      },
      {
        atMinute: 15,
        told: 'nobody acknowledged it in time: lead is called',
        to: ['dana', 'erin', 'lee', 'carlos'],
      },
      { atMinute: 45, to: ['dana', 'erin', 'lee', 'carlos'] },
      { atMinute: 105, to: ['dana', 'erin', 'lee', 'carlos'] },
    ]);
  });

  it('says who is called before its deadline, until they are', () => {
    const input = { ...given, alert: inFive };
    const state = freshIncident(input, 0);
    const waits = 'Waits for anybody to acknowledge it until 1970-01-01 00:15:00Z, then lead is called.';
    expect(nextSentence(input, state)).toBe(
      `${waits} Since its alert is critical, cto is called at 1970-01-01 00:05:00Z.`
    );
    expect(nextSentence(input, { ...state, alertEscalatedAt: 5 * minute })).toBe(waits);
    expect(nextSentence(given, state)).toBe(waits);
  });
});

describe('how the alert of an incident escalates', () => {
  const alerts = alertsOf({ escalate: inFive });
  const nobody = alertsOf({ escalate: { ...inFive, to: [] } });
  const late = alertsOf({ escalate: { ...inFive, after: span(15 * minute) } });

  it.each<[string, Parameters<typeof escalationOfAlert>[0], 1 | 2 | 3, Trouble['level'], boolean]>([
    ['counts where that is before the incident does', { incidents: spec, alerts }, 2, 'critical', true],
    ['is none where the incident does so at once', { incidents: incidents(), alerts }, 1, 'critical', false],
    ['is none of a warning', { incidents: spec, alerts }, 2, 'warning', false],
    ['is none where nobody can judge it', { incidents: spec, alerts }, 2, 'unknown', false],
    ['is none where no alert is critical', { incidents: spec, alerts }, 2, undefined, false],
    ['is none of severity 3, which calls as a warning does', { incidents: spec, alerts }, 3, 'critical', false],
    ['is none without alerts', { incidents: spec }, 2, 'critical', false],
    ['is none with nobody next in line', { incidents: spec, alerts: nobody }, 2, 'critical', false],
    ['is none at the same time', { incidents: spec, alerts: late }, 2, 'critical', false],
  ])('%s', (_what, plan, of, level, counts) => {
    expect(escalationOfAlert(plan, { severity: of, level })).toEqual(counts ? inFive : undefined);
  });

  it('in the shipped plan is after 5 minutes, to CTO and CEO, though severity 2 has 15 minutes to respond', async () => {
    const { plan } = await shippedPlan();
    const { alerts: routes, incidents: shipped } = plan;
    const found = escalationOfAlert({ alerts: routes, incidents: shipped! }, { severity: 2, level: 'critical' });
    expect(found).toMatchObject({ after: { ms: 5 * minute }, to: ['cto', 'ceo'] });
    expect(shipped?.severities[1]?.respondWithin.ms).toBe(15 * minute);
  });
});

describe('an incident that somebody acknowledged', () => {
  const input = incidentInput({ incidents: spec });

  it('is asked after in four times the time to respond, and ever more rarely, at least twice a day', () => {
    const state: Pick<IncidentState, 'acknowledged' | 'asked'> = { acknowledged: { by: 'erin', at: 2 * minute } };
    const asked = Array.from({ length: 7 }, (_, index) => {
      const at = nextAskedAt(input, state) ?? 0;
      state.asked = { times: index + 1, at };
      return at / minute - 2;
    });
    expect(asked).toEqual([60, 180, 420, 900, 1_620, 2_340, 3_060]);
  });

  it('is not asked after before', () => {
    expect(nextAskedAt(input, {})).toBeUndefined();
  });
});
