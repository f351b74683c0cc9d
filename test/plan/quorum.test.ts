import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Person } from '../../src/plan/model.js';
import { assign, eligible, joinRoles, placesFor, stillNeeded, tally, type Decision } from '../../src/plan/quorum.js';

const people: Person[] = [
  { name: 'dana', title: '', roles: ['manager', 'lead'] },
  { name: 'erin', title: '', roles: ['lead'] },
  { name: 'lee', title: '', roles: ['lead', 'ops'] },
  { name: 'ola', title: '', roles: ['ops'] },
  { name: 'carlos', title: '', roles: ['cto'] },
];

function decision(by: string, made: 'approve' | 'reject' = 'approve'): Decision {
  const roles = people.find((person) => person.name === by)?.roles ?? [];
  return { id: by, gate: '1a/approval#1', decision: made, by, roles, at: 0, identity: 'identity' };
}

describe('tally', () => {
  it.each([
    ['nobody has decided', { lead: 1 }, [], false, { lead: 1 }],
    ['one of one', { lead: 1 }, [decision('erin')], true, {}],
    ['one of two', { lead: 2 }, [decision('erin')], false, { lead: 1 }],
    ['two of two', { lead: 2 }, [decision('erin'), decision('lee')], true, {}],
    ['the same person twice', { lead: 2 }, [decision('erin'), decision('erin')], false, { lead: 1 }],
    ['one of each role', { lead: 1, ops: 1 }, [decision('lee'), decision('ola')], true, {}],
    ['two roles and one person who has both', { lead: 1, ops: 1 }, [decision('lee')], false, { ops: 1 }],
    ['who has both moves to the role that is left', { lead: 1, ops: 1 }, [decision('lee'), decision('erin')], true, {}],
    ['another role', { lead: 1 }, [decision('carlos')], false, { lead: 1 }],
    ['more than enough', { lead: 1 }, [decision('erin'), decision('lee')], true, {}],
  ])('%s', (_what, need, decisions, satisfied, missing) => {
    expect(tally({ roles: need }, decisions)).toEqual({ satisfied, missing });
  });

  it('counts each role by itself where one is enough', () => {
    const need = { roles: { lead: 2, ops: 2 }, needs: 'any' } as const;
    expect(tally(need, [decision('lee')])).toEqual({ satisfied: false, missing: { lead: 1, ops: 1 } });
    expect(tally(need, [decision('lee'), decision('ola')])).toEqual({ satisfied: true, missing: {} });
  });

  it.each([
    [{}, '1 of lead and 2 of ops'],
    [{ needs: 'all' }, '1 of lead and 2 of ops'],
    [{ needs: 'any' }, '1 of lead or 2 of ops'],
  ] as const)('is told in the words of %j', (gate, words) => {
    expect(joinRoles(gate, ['1 of lead', '2 of ops'])).toBe(words);
  });

  it('is never satisfied once somebody rejected', () => {
    const count = tally({ roles: { lead: 1 } }, [decision('erin'), decision('lee', 'reject')]);
    expect(count).toMatchObject({ satisfied: false, rejectedBy: { by: 'lee' } });
    expect(tally({ roles: { lead: 2 } }, [decision('erin'), decision('lee', 'reject')]).missing).toEqual({ lead: 1 });
  });
});

describe('eligible', () => {
  it('leaves out the one who started the run, however the name is written', () => {
    const spec = { roles: { lead: 1 }, allowStarter: false };
    expect(eligible(spec, people, 'dana').map((one) => one.name)).toEqual(['erin', 'lee']);
    expect(eligible(spec, people, ' DANA').map((one) => one.name)).toEqual(['erin', 'lee']);
    expect(eligible({ ...spec, allowStarter: true }, people, 'dana').map((one) => one.name)).toContain('dana');
  });
});

describe('placesFor', () => {
  it('lets the next in line stand in for any role, and nobody else', () => {
    const gate = { roles: { lead: 1, ops: 1 }, standIn: 'cto' };
    expect(people.map((person) => placesFor(person, gate))).toEqual([
      ['lead'],
      ['lead'],
      ['lead', 'ops'],
      ['ops'],
      ['lead', 'ops'],
    ]);
  });
});

describe('stillNeeded', () => {
  it.each([
    ['everybody with a role at first', [], ['dana', 'erin', 'lee', 'ola']],
    ['not those whose role is filled', [decision('erin')], ['lee', 'ola']],
    ['somebody who frees a place for another', [decision('lee')], ['dana', 'erin', 'ola']],
    ['nobody when all is filled', [decision('erin'), decision('ola')], []],
  ])('asks %s', (_what, decisions, expected) => {
    const names = stillNeeded({ roles: { lead: 1, ops: 1 }, decisions }, people).map((one) => one.name);
    expect(names).toEqual(expected);
  });
});

describe('stillNeeded, after a no or a change of who stands in', () => {
  it('counts a no for nothing', () => {
    const names = stillNeeded({ roles: { lead: 1 }, decisions: [decision('erin', 'reject')] }, people);
    expect(names.map((one) => one.name)).toEqual(['dana', 'erin', 'lee']);
  });

  it('asks nobody twice, even who could stand in for more than when the yes was given', () => {
    const decisions = [decision('erin'), { ...decision('dana'), roles: ['lead'] }];
    const names = stillNeeded({ roles: { lead: 1, ops: 1 }, standIn: 'manager', decisions }, people);
    expect(names.map((one) => one.name)).toEqual(['lee', 'ola']);
  });
});

/** All ways to seat people, the slow way. */
function bestByTrying(need: Record<string, number>, crowd: ReadonlyArray<{ name: string; roles: string[] }>): number {
  const [first, ...others] = crowd;
  if (!first) return 0;
  const seated = first.roles
    .filter((role) => (need[role] ?? 0) > 0)
    .map((role) => 1 + bestByTrying({ ...need, [role]: (need[role] ?? 0) - 1 }, others));
  return Math.max(bestByTrying(need, others), ...seated);
}

describe('assign', () => {
  const role = fc.constantFrom('a', 'b', 'c');
  const crowds = fc.uniqueArray(
    fc.record({ name: fc.constantFrom('p', 'q', 'r', 's', 't'), roles: fc.uniqueArray(role) }),
    { selector: (person) => person.name }
  );
  const needs = fc.dictionary(role, fc.integer({ min: 1, max: 3 }));

  it('fills as many places as any way of seating people could', () => {
    fc.assert(
      fc.property(needs, crowds, (need, crowd) => {
        const filled = Object.values(assign(need, crowd)).reduce((sum, count) => sum + count, 0);
        expect(filled).toBe(bestByTrying(need, crowd));
      })
    );
  });

  it('seats nobody twice, overfills no role, and one more person never empties a place', () => {
    fc.assert(
      fc.property(needs, crowds, (need, crowd) => {
        const sum = (filled: Record<string, number>): number => Object.values(filled).reduce((a, b) => a + b, 0);
        const filled = assign(need, crowd);
        for (const [name, count] of Object.entries(filled)) expect(count).toBeLessThanOrEqual(need[name] ?? 0);
        expect(sum(filled)).toBeLessThanOrEqual(crowd.length);
        expect(sum(assign(need, crowd.slice(1)))).toBeLessThanOrEqual(sum(filled));
      })
    );
  });
});
