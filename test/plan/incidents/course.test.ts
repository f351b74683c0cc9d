import { describe, expect, it } from 'vitest';
import type { Severity } from '../../../src/plan/model.js';
import {
  freshIncident,
  isResolved,
  openWarRoom,
  proofAwaited,
  stateOf,
  tasksOf,
  tickOff,
  type IncidentState,
} from '../../../src/plan/incidents/course.js';
import { environment, incidentInput, incidents, severity } from '../../support/stage/plans.js';

const minute = 60_000;
const resolution = { by: 'lee', at: 7, text: 'undone', verdict: 'PASS', reason: 'all well' } as const;

describe('an incident that begins', () => {
  it('knows when, and that nothing was done about it yet', () => {
    expect(freshIncident(incidentInput(), 5)).toEqual({
      openedAt: 5,
      calls: 0,
      calledAt: 5,
      tasks: [],
      notes: [],
      updates: [],
      postMortem: {},
      reminders: 0,
      remindedAt: 5,
      timeline: [{ at: 5, text: 'the guard opened it as severity 2: Slow: p95 is 9 s' }],
      refusals: [],
    });
  });

  it('takes everything back without anybody who decides it', () => {
    const { rollback, timeline } = freshIncident(incidentInput({ severity: 1, reach: 'all' }), 5);
    expect(rollback).toEqual({ reach: 'all', state: 'running', decidedAt: 5, reason: 'act as for severity 1' });
    expect(timeline.map(({ text }) => text)).toEqual([
      'the guard opened it as severity 1: Slow: p95 is 9 s',
      'everything is taken back, newest phase first: nobody had to decide it',
    ]);
  });

  it('goes on for one that was ended from outside: what was said, done and given stays, and is due when it was', () => {
    const before = freshIncident(incidentInput({ reach: 'component', warRoom: 'customer-escalation' }), 5);
    Object.assign(before, {
      acknowledged: { by: 'lee', at: 6 },
      calls: 1,
      notes: [{ at: 7, by: 'lee', text: 'cold' }],
    });
    const input = incidentInput({ number: 4, reach: 'component', predecessor: { number: 3, state: before } });
    const words = 'incident/3 was ended from outside: incident/4 goes on with it';
    expect(freshIncident(input, 9)).toEqual({
      ...before,
      calledAt: 9,
      timeline: [...before.timeline, { at: 9, text: words }],
    });
    const { warRoom } = freshIncident(
      { ...input, predecessor: { number: 3, state: freshIncident(incidentInput(), 5) }, warRoom: 'rollback' },
      9
    );
    expect(warRoom).toMatchObject({ trigger: 'rollback', openedAt: 9 });
  });

  it('asks people about a component', () => {
    const { rollback, timeline } = freshIncident(incidentInput({ reach: 'component' }), 5);
    expect(rollback).toEqual({ reach: 'component', state: 'asked', reason: 'act as for severity 2' });
    expect(timeline.map(({ text }) => text)).toEqual([
      'the guard opened it as severity 2: Slow: p95 is 9 s',
      'the run is on hold: people choose between a fix and a rollback',
    ]);
  });

  it.each(['all', 'component'] as const)('says why it takes back (%s) where the plan says nothing', (reach) => {
    const none = incidentInput({ reach, incidents: incidents({ severities: [] }) });
    expect(freshIncident(none, 5).rollback?.reason).toMatch(/^(everything is|fix it, or)/);
  });

  it('opens its war room at once where it has one', () => {
    const state = freshIncident(incidentInput({ warRoom: 'severity-1' }), 5);
    expect(state.warRoom).toMatchObject({ trigger: 'severity-1', openedAt: 5 });
    expect(state.timeline.at(-1)).toEqual({ at: 5, text: 'the war room opened (severity-1)' });
  });

  it.each<[string | undefined, Severity | 'any' | undefined, number]>([
    ['leak', 1, 1],
    ['component', 2, 0],
    // As severe as it is, its cause is known not to concern users.
    ['component', 1, 0],
    ['unheard', undefined, 0],
    [undefined, undefined, 0],
    // Nobody said what it is: it may be what users must hear of.
    [undefined, 1, 1],
    [undefined, 2, 0],
    [undefined, 'any', 1],
    ['component', 'any', 0],
  ])(
    'owes it to the users to tell them when its cause says so, or may be such: %s, severity %s',
    (cause, of, tasks) => {
      const some = incidents({
        severities: [severity(1, [{ id: 'leak', notifyUsers: true }]), severity(2, [{ id: 'component' }])],
      });
      expect(tasksOf(some, cause, of)).toEqual(
        tasks === 0 ? [] : [{ id: 'notify-users', title: 'Notify the users who are affected' }]
      );
    }
  );
});

describe('a phase that went back by itself', () => {
  it('may have gone back for what users must hear of: somebody looks, and says so', () => {
    const severities = [severity(1, [{ id: 'leak', notifyUsers: true }]), severity(2)];
    const of = (source: 'rollback' | 'guard'): string[] =>
      freshIncident(incidentInput({ severity: 2, source, incidents: incidents({ severities }) }), 5).tasks.map(
        ({ id }) => id
      );
    expect(of('rollback')).toEqual(['notify-users']);
    expect(of('guard')).toEqual([]);
  });
});

describe('a war room', () => {
  const people = environment('e').people.filter(({ name }) => name !== 'carlos');
  const input = incidentInput({ environment: environment('e', { people }) });

  it('gives each role to the first who has it, or to nobody', () => {
    const state = freshIncident(input, 0);
    openWarRoom(input, state, 'rollback', 9);
    expect(state.warRoom).toEqual({
      trigger: 'rollback',
      openedAt: 9,
      activateBy: 9 + minute,
      roles: [
        { id: 'commander', title: 'Incident Commander', role: 'lead', person: 'dana' },
        { id: 'sponsor', title: 'Executive Sponsor', role: 'cto' },
      ],
      steps: [
        { id: 'activate', title: 'Activate the war room' },
        { id: 'assess', title: 'Assess the impact' },
      ],
    });
    expect(state.warRoom?.roles[1]).not.toHaveProperty('person');
  });

  const { warRoom: _none, ...without } = incidents();
  it.each<[string, Partial<IncidentState>, typeof input]>([
    [
      'that is open already',
      { warRoom: { trigger: 'rollback', openedAt: 1, activateBy: 2, roles: [], steps: [] } },
      input,
    ],
    ['of what is resolved', { resolution }, input],
    ['that the plan does not have', {}, { ...input, incidents: without }],
  ])('%s is not opened', (_, change, given) => {
    const state = { ...freshIncident(given, 0), ...change };
    const before = structuredClone(state);
    openWarRoom(given, state, 'severity-1', 9);
    expect(state).toEqual(before);
  });

  it('opens for what was said to be resolved and is not', () => {
    const state = { ...freshIncident(input, 0), resolution: { ...resolution, verdict: 'FAIL' as const } };
    openWarRoom(input, state, 'severity-1', 9);
    expect(state.warRoom?.openedAt).toBe(9);
  });
});

describe('a step that something proves', () => {
  const room = incidents().warRoom!;
  const procedure = [
    { id: 'assess', title: 'Assess' },
    { id: 'validate', title: 'Validate', doneBy: 'resolution' as const },
    { id: 'post-mortem', title: 'Look back', doneBy: 'post-mortem' as const },
  ];
  const given = incidentInput({ incidents: incidents({ warRoom: { ...room, procedure } }), warRoom: 'rollback' });
  const done = { by: 'lee', at: 9 };

  it('is ticked off by that alone, for whoever did it', () => {
    const state = freshIncident(given, 0);
    expect(tickOff(given, state, 'resolution', done)).toEqual(['Validate']);
    expect(state.warRoom?.steps.map(({ id, by, doneAt }) => [id, by, doneAt])).toEqual([
      ['assess', undefined, undefined],
      ['validate', 'lee', 9],
      ['post-mortem', undefined, undefined],
    ]);
  });

  it('stays as somebody ticked it off before', () => {
    const state = freshIncident(given, 0);
    const [, validate] = state.warRoom?.steps ?? [];
    Object.assign(validate!, { by: 'erin', doneAt: 5 });
    expect(tickOff(given, state, 'resolution', done)).toEqual([]);
    expect(validate).toMatchObject({ by: 'erin', doneAt: 5 });
  });

  it('is none while no war room is open', () => {
    const { warRoom: _none, ...bare } = given;
    expect(tickOff(bare, freshIncident(bare, 0), 'post-mortem', done)).toEqual([]);
  });
});

describe('how an incident stands', () => {
  const acknowledged = { by: 'erin', at: 1 };
  const done = { by: 'erin', at: 9, link: 'https://x/y' };
  it.each<[Partial<IncidentState>, string]>([
    [{}, 'open'],
    [{ acknowledged }, 'acknowledged'],
    [{ acknowledged, resolution: { ...resolution, verdict: 'FAIL' } }, 'acknowledged'],
    [{ acknowledged, resolution: { ...resolution, verdict: 'HOLD' } }, 'acknowledged'],
    [{ acknowledged, resolution }, 'resolved'],
    [{ resolution }, 'resolved'],
    [{ acknowledged, resolution, postMortem: { dueAt: 1 } }, 'resolved'],
    [{ acknowledged, resolution, postMortem: { done } }, 'closed'],
  ])('%j: %s', (change, expected) => {
    const state = { ...freshIncident(incidentInput(), 0), ...change };
    expect(stateOf(state)).toBe(expected);
    expect(isResolved(state)).toBe(expected === 'resolved' || expected === 'closed');
  });
});

describe('a step of the procedure', () => {
  const procedure = [
    { id: 'assess', title: 'Assess' },
    { id: 'validate', title: 'Validate', doneBy: 'resolution' as const },
    { id: 'look-back', title: 'Look back', doneBy: 'post-mortem' as const },
  ];
  const led = { incidents: incidents({ warRoom: { ...incidents().warRoom!, procedure } }) };
  const done = { by: 'lee', at: 9, link: 'https://wiki.example/1' };
  const ids = [...procedure.map(({ id }) => id), 'notify-users'];

  it.each<[string, Pick<IncidentState, 'resolution' | 'postMortem'>, Array<string | undefined>]>([
    ['before the resolution', { postMortem: {} }, [undefined, 'resolution', 'post-mortem', undefined]],
    [
      'behind a resolution that the metrics do not confirm',
      { postMortem: {}, resolution: { ...resolution, verdict: 'HOLD' } },
      [undefined, 'resolution', 'post-mortem', undefined],
    ],
    ['behind the resolution', { postMortem: {}, resolution }, [undefined, undefined, 'post-mortem', undefined]],
    ['behind the post-mortem', { postMortem: { done }, resolution }, [undefined, undefined, undefined, undefined]],
  ])('%s waits for its own proof, where it has one', (_, state, expected) => {
    expect(ids.map((id) => proofAwaited(led, state, id))).toEqual(expected);
  });

  it('waits for nothing in a plan without a war room', () => {
    const { warRoom: _none, ...without } = incidents();
    expect(proofAwaited({ incidents: without }, { postMortem: {} }, 'validate')).toBeUndefined();
  });
});
