import { describe, expect, it } from 'vitest';
import { freshIncident, type IncidentState } from '../../../src/plan/incidents/course.js';
import type { IncidentDebt } from '../../../src/plan/incidents/owed.js';
import { debtOf, incidentStatus, nextSentence, sentenceAt } from '../../../src/plan/incidents/status.js';
import { environment, incidentInput, incidents } from '../../support/stage/plans.js';

const minute = 60_000;
const ids = { workflowId: 'migration/e/p/incident/3', runId: 'i' };
const everybody = ['dana', 'erin', 'lee', 'carlos'];
const resolution = { by: 'lee', at: 7, text: 'undone', verdict: 'PASS', reason: 'all well' } as const;
const acknowledged = { by: 'erin', at: 1 };
const asked = { reach: 'component', state: 'asked' } as const;
const running = { reach: 'all', state: 'running', decidedAt: 1, reason: 'leak' } as const;
const warRoom = (...people: Array<string | undefined>): NonNullable<IncidentState['warRoom']> => ({
  trigger: 'rollback',
  openedAt: 0,
  activateBy: 1,
  roles: people.map((person, at) => ({
    id: `r${at}`,
    title: 'R',
    role: 'lead',
    ...(person === undefined ? {} : { person }),
  })),
  steps: [],
});
const state = (change: Partial<IncidentState> = {}): IncidentState => ({
  ...freshIncident(incidentInput(), 0),
  ...change,
});

describe('what is owed to an incident', () => {
  it.each<[string, Partial<IncidentState>, IncidentDebt | undefined]>([
    [
      'anybody acknowledges it, else the next in line are called',
      {},
      { who: 'anybody', people: everybody, what: 'acknowledge it', until: minute, then: 'lead is called' },
    ],
    [
      'who acknowledged it leads it',
      { acknowledged },
      { who: 'erin', people: ['erin'], what: 'lead it to its resolution' },
    ],
    [
      'the first who is in the war room leads it',
      { acknowledged, warRoom: warRoom(undefined, 'lee', 'carlos') },
      { who: 'lee', people: ['lee'], what: 'lead it to its resolution' },
    ],
    [
      'who acknowledged it leads it while nobody is in the war room',
      { acknowledged, warRoom: warRoom(undefined) },
      { who: 'erin', people: ['erin'], what: 'lead it to its resolution' },
    ],
    [
      'a fix or a rollback is chosen',
      { acknowledged, rollback: asked },
      { who: 'erin', people: ['erin'], what: 'choose: a fix (resolve), or a rollback' },
    ],
    [
      'what was chosen is not asked again',
      { acknowledged, rollback: { ...asked, state: 'declined' } },
      { who: 'erin', people: ['erin'], what: 'lead it to its resolution' },
    ],
    [
      'nothing while the metrics are looked at, which whoever said that it is resolved awaits',
      { acknowledged, rollback: asked, validating: { by: 'lee', at: 2, reason: 'fixed' } },
      { who: 'nobody', people: ['lee'], what: 'the metrics are looked at, since lee says that it is resolved' },
    ],
    [
      'those who have the role write the post-mortem',
      { acknowledged, resolution, postMortem: { dueAt: 9 } },
      { who: 'dana, erin or lee', people: ['dana', 'erin', 'lee'], what: 'write the post-mortem', until: 9 },
    ],
    [
      'the post-mortem, without an instant where it has none',
      { acknowledged, resolution },
      { who: 'dana, erin or lee', people: ['dana', 'erin', 'lee'], what: 'write the post-mortem' },
    ],
    ['nothing when that is done', { resolution, postMortem: { done: { by: 'lee', at: 9, link: 'x' } } }, undefined],
  ])('%s', (_, change, debt) => {
    expect(debtOf(incidentInput(), state(change))).toEqual(debt);
  });

  it('is the post-mortem of everybody where nobody has the role', () => {
    const people = environment('e').people.filter(({ roles }) => !roles.includes('lead'));
    const given = incidentInput({ environment: environment('e', { people }) });
    expect(debtOf(given, state({ resolution }))).toMatchObject({ who: 'anybody', people: ['carlos'] });
  });

  it('is at once, and calls nobody, where the plan says nothing of any severity', () => {
    const none = incidentInput({ incidents: incidents({ severities: [] }) });
    expect(debtOf(none, state({ openedAt: 5 }))).toMatchObject({ until: 5, then: 'nobody is called' });
    expect(incidentStatus(none, state({ openedAt: 5 }), ids).respondBy).toBe(5);
  });
});

describe('the status of an incident', () => {
  it('is what it began with and what it came to, without what only its workflow needs', () => {
    const given = incidentInput({ cause: 'component', phase: '1a' });
    const own = { calls: 3, roomCalled: true, roomLate: true, validating: { by: 'lee', at: 2, reason: 'x' } } as const;
    const at = state({ ...own, openedAt: 5, acknowledged, rollback: running, postMortem: { dueAt: 9 } });
    expect(incidentStatus(given, at, ids)).toStrictEqual({
      schemaVersion: 1,
      ...ids,
      number: 3,
      severity: 2,
      title: 'Slow',
      cause: 'component',
      reason: 'p95 is 9 s',
      source: 'guard',
      openedAt: 5,
      openedBy: 'the guard',
      state: 'acknowledged',
      respondBy: 5 + minute,
      phase: '1a',
      rollback: { reach: 'all', state: 'running', reason: 'leak' },
      // Two intervals, and then its deadline.
      validating: { by: 'lee', at: 2, t0: 202, deadlineAt: 3202 },
      acknowledged,
      tasks: [],
      notes: [],
      updates: [],
      refusals: [],
      postMortem: { dueAt: 9, by: 'lead' },
      timeline: at.timeline,
      sentence:
        'Severity 2, acknowledged: Slow. lee says that it is resolved: the red metrics must be inside their targets for 1000ms, by 1970-01-01 00:00:03Z at the latest.',
    });
  });

  it('leaves out what nobody knows', () => {
    const status = incidentStatus(incidentInput(), state(), ids);
    for (const name of ['cause', 'phase', 'rollback']) expect(status).not.toHaveProperty(name);
    const shown = incidentStatus(incidentInput(), state({ rollback: { ...asked, by: 'erin' } }), ids).rollback;
    expect(shown).toStrictEqual({ reach: 'component', state: 'asked', by: 'erin' });
  });

  it.each<[Partial<IncidentState>, string]>([
    [
      {},
      'Severity 2, open: Slow. Waits for anybody to acknowledge it until 1970-01-01 00:01:00Z, then lead is called.',
    ],
    [
      { acknowledged, rollback: running },
      'Severity 2, acknowledged: Slow. It is being taken back. Waits for erin to lead it to its resolution.',
    ],
    [{ acknowledged }, 'Severity 2, acknowledged: Slow. Waits for erin to lead it to its resolution.'],
    [
      { resolution, postMortem: { dueAt: minute } },
      'Severity 2, resolved: Slow. Waits for dana, erin or lee to write the post-mortem until 1970-01-01 00:01:00Z.',
    ],
    [
      { resolution, postMortem: { done: { by: 'lee', at: 9, link: 'x' } } },
      'Severity 2, closed: Slow. The post-mortem is done.',
    ],
  ])('says what it waits for: %j', (change, sentence) => {
    expect(incidentStatus(incidentInput(), state(change), ids).sentence).toBe(sentence);
  });
});

describe('what is told of an incident', () => {
  const at = (change: Partial<IncidentState>, now: number): string => nextSentence(incidentInput(), state(change), now);

  it.each<[string, Partial<IncidentState>, number, string]>([
    [
      'an acknowledgement in time',
      {},
      minute - 1,
      'Waits for anybody to acknowledge it until 1970-01-01 00:01:00Z, then lead is called.',
    ],
    ['one that is late', {}, 3 * minute, 'Waits for anybody to acknowledge it, overdue for 2 min.'],
    [
      'a post-mortem in time',
      { resolution, postMortem: { dueAt: minute } },
      0,
      'Waits for dana, erin or lee to write the post-mortem until 1970-01-01 00:01:00Z.',
    ],
    [
      'one that is due',
      { resolution, postMortem: { dueAt: minute } },
      minute,
      'Waits for dana, erin or lee to write the post-mortem, overdue for 0 ms.',
    ],
    ['what has no instant', { acknowledged }, minute, 'Waits for erin to lead it to its resolution.'],
  ])('names no instant that is past: %s', (_, change, now, expected) => {
    expect(at(change, now)).toBe(expected);
    expect(sentenceAt(incidentInput(), state(change), now)).toMatch(
      new RegExp(`^Severity 2, .*: Slow\\. ${expected}$`)
    );
  });
});
