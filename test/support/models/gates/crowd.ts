import type { Person } from '../../../../src/plan/model.js';

/** `dana` starts every run; `guest` has no role. */
export const crowd: Person[] = [
  { name: 'dana', title: 'Release manager', roles: ['lead', 'cto'] },
  { name: 'erin', title: 'Engineering lead', roles: ['lead'] },
  { name: 'lee', title: 'Lead and operations', roles: ['lead', 'ops'] },
  { name: 'ola', title: 'Operations', roles: ['ops'] },
  { name: 'carlos', title: 'CTO', roles: ['cto'] },
  { name: 'guest', title: 'Guest', roles: [] },
];
export const starter = 'dana';

export function rolesOf(name: string): string[] {
  return crowd.find((person) => person.name === name)?.roles ?? [];
}

/** How many places these people fill at best when each fills one: every way of seating them, the slow way. */
export function seated(need: Readonly<Record<string, number>>, people: ReadonlyArray<readonly string[]>): number {
  const [first, ...others] = people;
  if (!first) return 0;
  const ways = first
    .filter((role) => (need[role] ?? 0) > 0)
    .map((role) => 1 + seated({ ...need, [role]: (need[role] ?? 0) - 1 }, others));
  return Math.max(seated(need, others), ...ways);
}
