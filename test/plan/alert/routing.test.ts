import { describe, expect, it } from 'vitest';
import type { AlertState } from '../../../src/plan/alert/course.js';
import { channelsOf, patienceOf, recipientsOf } from '../../../src/plan/alert/routing.js';
import type { Alerts } from '../../../src/plan/model.js';
import { alertInput, alerts } from '../../support/guard/alerts.js';
import { environment, span } from '../../support/stage/plans.js';

const minute = 60_000;
const { alerts: _alerts, ...without } = alertInput();

describe('how long an alert waits for people', () => {
  it('is what the plan says for its route', () => {
    expect(patienceOf(alertInput(), 'critical')).toEqual({
      escalateAfter: 2 * minute,
      remindEvery: 15 * minute,
      quiet: 24_000,
    });
    expect(patienceOf(alertInput(), 'warning')).toEqual({ remindEvery: 60 * minute, quiet: minute });
  });

  it('is half an hour, with nobody next in line, where the plan says nothing', () => {
    expect(patienceOf(without, 'critical')).toEqual({ remindEvery: 30 * minute, quiet: minute });
  });

  it.each([
    [20, { remindEvery: 90_000, quiet: 3_000 }],
    [7, { remindEvery: 257_143, quiet: 8_572 }],
    [10_000, { remindEvery: 1_000, quiet: 1_000 }],
  ])('is shorter where time is compressed %i times', (scale, expected) => {
    const compression = { scale } as NonNullable<ReturnType<typeof environment>['compression']>;
    expect(patienceOf({ environment: environment('e', { compression }) }, 'critical')).toEqual(expected);
  });
});

describe('where a level is told', () => {
  const names = (told: ReturnType<typeof channelsOf>): string[] => told.channels.map(({ name }) => name);

  it('is the channels of its route, in their order, and what the environment lacks is missing', () => {
    expect(names(channelsOf(alertInput(), 'critical'))).toEqual(['pager', 'chat']);
    expect(channelsOf(alertInput(), 'critical').missing).toEqual(['gone']);
    expect(names(channelsOf(alertInput(), 'warning'))).toEqual(['chat']);
    expect(channelsOf(alertInput(), 'warning').missing).toEqual([]);
  });

  it("is the environment's own news where none of them is there, or the plan names none", () => {
    const bare = channelsOf(alertInput({ environment: environment('e') }), 'critical');
    expect([names(bare), bare.missing]).toEqual([['log'], ['pager', 'chat', 'gone']]);
    expect(channelsOf(without, 'critical')).toEqual({ channels: [{ kind: 'log', name: 'log' }], missing: [] });
  });
});

describe('whom a message is for', () => {
  const state = (route: 'warning' | 'critical', escalatedAt?: number): AlertState =>
    ({ route, ...(escalatedAt === undefined ? {} : { escalatedAt }) }) as AlertState;
  const nobodyNext: Alerts = {
    ...alerts,
    routes: { ...alerts.routes, warning: { ...alerts.routes.warning, escalate: { after: span(1), to: ['cto'] } } },
  };

  it.each<[string, Alerts | undefined, AlertState, string[]]>([
    ['the roles of its route', alerts, state('critical'), ['lead', 'manager']],
    [
      'the next in line too, each once, when it has come to them',
      alerts,
      state('critical', 0),
      ['lead', 'manager', 'cto'],
    ],
    ['those of the other route', nobodyNext, state('warning'), ['lead']],
    ['those who are next there', nobodyNext, state('warning', 5), ['lead', 'cto']],
    ['everybody where the plan has no alerts', undefined, state('critical', 0), ['dana', 'erin', 'lee', 'carlos']],
  ])('is %s', (_, given, at, expected) => {
    expect(recipientsOf({ ...without, ...(given ? { alerts: given } : {}) }, at)).toEqual(expected);
  });
});
