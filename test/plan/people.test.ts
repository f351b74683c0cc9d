import { describe, expect, it } from 'vitest';
import { addressesOf, findPerson, isAmong, namesInRoles } from '../../src/plan/people.js';

const people = [
  { name: 'dana', title: '', roles: ['manager', 'lead'] },
  { name: 'Erin', title: '', roles: ['lead'] },
  { name: 'ola', title: '', roles: ['ops'] },
  { name: 'cyd', title: '', roles: [] },
];

describe('people', () => {
  it('are found however their name is written, and never by a part of it', () => {
    expect(findPerson(people, ' ERIN ')?.name).toBe('Erin');
    expect(findPerson(people, 'eri')).toBeUndefined();
    expect(findPerson(people, '')).toBeUndefined();
  });

  it('are among those who are named, however their name is written', () => {
    expect(isAmong(['dana', 'Erin'], ' erin')).toBe(true);
    expect(isAmong(['dana', 'Erin'], 'ola')).toBe(false);
    expect(isAmong([], 'erin')).toBe(false);
  });

  it('are named by their roles, one of them being enough', () => {
    expect(namesInRoles(people, ['lead'])).toEqual(['dana', 'Erin']);
    expect(namesInRoles(people, ['ops', 'manager'])).toEqual(['dana', 'ola']);
    expect(namesInRoles(people, ['nobody'])).toEqual([]);
  });
});

describe('e-mail addresses', () => {
  const environment = {
    people: [
      { name: 'dana', title: 'Dana', roles: ['manager'], email: 'dana@example.test' },
      { name: 'erin', title: 'Erin', roles: ['lead'], email: 'erin@example.test' },
      { name: 'lee', title: 'Lee', roles: ['lead'] },
    ],
    contacts: { executives: 'exec@example.test', lead: 'leads@example.test' },
  };
  it.each([
    [['executives'], ['exec@example.test']],
    [['dana'], ['dana@example.test']],
    [['manager', 'dana'], ['dana@example.test']],
    [['lead'], ['leads@example.test', 'erin@example.test']],
    [['lee', 'nobody', 'constructor'], []],
  ])('of %j are %j', (to, addresses) => {
    expect(addressesOf(environment, to)).toEqual(addresses);
  });
});
