import { beforeAll, describe, expect, it } from 'vitest';
import {
  askedAgain,
  calledBy,
  channelsFor,
  firstCalled,
  knowing,
  reachable,
} from '../../../src/plan/incidents/recipients.js';
import type { FrozenPlan, Severity } from '../../../src/plan/model.js';
import { shippedPlan } from '../support/shipped.js';
import { approval, environment, incidentInput, phase } from '../../support/stage/plans.js';
import { alertsOf } from '../../support/alert/alert-input.js';

let shipped: FrozenPlan;
beforeAll(async () => {
  shipped = await shippedPlan();
});

const everybody = ['dana', 'erin', 'enzo', 'mara', 'carlos', 'chen', 'ola', 'priya', 'sam'];
const critical = ['engineering-lead', 'erin', 'enzo', 'cto', 'carlos', 'devops-oncall', 'ola', 'dana'];

describe('whom an incident of the shipped plan calls, when dana started the run', () => {
  it.each<[Severity, string[], string[]]>([
    // Its next in line are called with the first call.
    [1, everybody, ['cto', 'carlos', 'chen', ...everybody.filter((name) => !['carlos', 'chen'].includes(name))]],
    // The rest of DevOps is new.
    [2, critical, ['engineering-lead', 'erin', 'enzo', 'devops-oncall', 'ola', 'devops-team', 'cto', 'carlos', 'dana']],
    // The checklist names nobody whom the first call left out.
    [3, ['engineering-team', 'devops-team', 'dana'], ['engineering-team', 'devops-team', 'dana']],
  ])('of severity %i', (severity, first, escalated) => {
    const { plan, environment: where } = shipped;
    const { alerts, phases, incidents } = plan;
    if (!incidents) throw new Error('no incidents');
    const component = severity === 2 ? phases.find(({ id }) => id === '1d') : undefined;
    const called = firstCalled(where, { severity, alerts, phase: component, startedBy: 'Dana' });
    expect(called).toEqual(first);
    const input = { environment: where, incidents, severity, firstCalled: called };
    expect(calledBy(input, {})).toEqual(first);
    expect(calledBy(input, { escalatedAt: 1 })).toEqual(escalated);
  });
});

describe('whom an incident calls first', () => {
  const where = environment('e', { contacts: { operations: 'ops@x', cto: 'cto@x' } });
  const alerts = alertsOf({ to: ['operations', 'cto'] }, { to: ['engineering'] });

  it.each<[string, Parameters<typeof firstCalled>[1], string[]]>([
    ['is the critical route', { severity: 2, alerts, startedBy: '?' }, ['operations', 'cto', 'carlos']],
    ['is the warning route', { severity: 3, alerts, startedBy: 'dana' }, ['engineering', 'dana']],
    [
      'are those who approve the failing phase too',
      { severity: 3, alerts, startedBy: 'dana', phase: phase('1a', { approval: approval({ roles: { lead: 1 } }) }) },
      ['engineering', 'dana', 'erin', 'lee'],
    ],
    ['is everybody in a plan without alerts', { severity: 3, startedBy: 'dana' }, ['dana', 'erin', 'lee', 'carlos']],
  ])('%s', (_, about, expected) => {
    expect(firstCalled(where, about)).toEqual(expected);
  });

  it('is everybody where an earlier build began it', () => {
    expect(calledBy(incidentInput(), {})).toEqual(['dana', 'erin', 'lee', 'carlos']);
  });

  it('keeps a role that has an address of its own, beside its people', () => {
    expect(reachable(where, ['cto', 'lead', 'team'])).toEqual(['cto', 'carlos', 'dana', 'erin', 'lee', 'team']);
  });
});

describe('whoever knows of an incident', () => {
  const input = incidentInput({ severity: 3, firstCalled: ['erin'] });
  const warRoom = {
    trigger: 'severity-1',
    openedAt: 0,
    activateBy: 1,
    roles: [
      { id: 'a', title: 'A', role: 'lead', person: 'lee' },
      { id: 'b', title: 'B', role: 'scribe' },
    ],
    steps: [],
  } as const;
  it.each<[string, object, string[]]>([
    ['was called', {}, ['erin']],
    ['was next in line', { escalatedAt: 1 }, ['dana', 'erin', 'lee']],
    ['is in its war room', { warRoom }, ['erin', 'lee', 'scribe']],
    ['was told how it stands', { updates: [{ at: 1, text: 'x' }] }, ['erin', 'dana']],
  ])('%s', (_, change, expected) => {
    expect(knowing(input, { updates: [], ...change })).toEqual(expected);
  });
});

describe('who is asked again after an incident that somebody acknowledged', () => {
  const input = incidentInput({ firstCalled: ['dana', 'erin'], environment: environment('e') });

  it.each<[string, string[], number, string[]]>([
    ['is whoever leads it', ['erin'], 1, ['erin']],
    ['are those next in line too, from the second time on', ['erin'], 2, ['erin', 'dana', 'lee']],
    ['are those who were called, where only PagerDuty knows who responds', ['Ola (PagerDuty)'], 1, ['dana', 'erin']],
  ])('%s', (_what, leads, times, expected) => {
    expect(askedAgain(input, { asked: { times, at: 1 } }, leads)).toEqual(expected);
  });
});

describe('the channels of an incident', () => {
  const [own, pager] = ['log', 'pager'].map((name) => ({ kind: 'log' as const, name }));
  const input = { environment: environment('e', { notify: [own!] }), roomChannels: [pager!] };
  const called = { roomCalled: true } as const;

  it.each<[string, Parameters<typeof channelsFor>[1], Parameters<typeof channelsFor>[2], string[]]>([
    ['of a call are its own', {}, { page: 'trigger' }, ['log']],
    [
      'of a call into the war room are those of the room too',
      called,
      { page: 'trigger', callsRoom: true },
      ['log', 'pager'],
    ],
    ['of its end are those of a room that was called', called, { page: 'resolve' }, ['log', 'pager']],
    ['of who responds are those of a room that was called', called, { page: 'acknowledge' }, ['log', 'pager']],
    ['of its end without a room are its own', {}, { page: 'resolve' }, ['log']],
    ['of whatever pages nobody are its own', called, {}, ['log']],
    ['of another call are its own', called, { page: 'trigger' }, ['log']],
  ])('%s', (_, state, told, expected) => {
    expect(channelsFor(input, state, told).map(({ name }) => name)).toEqual(expected);
  });

  it('are its own where an earlier build began it', () => {
    expect(channelsFor({ environment: input.environment }, called, { callsRoom: true })).toEqual([own]);
  });
});
