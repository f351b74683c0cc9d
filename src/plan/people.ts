import type { Environment, Person } from './model.js';

/** The person whom somebody means by a name as they typed it: case and blanks around are forgiven. */
export function findPerson<P extends Pick<Person, 'name'>>(people: readonly P[], written: string): P | undefined {
  const wanted = written.trim().toLowerCase();
  return people.find((person) => person.name.toLowerCase() === wanted);
}

/** Whether somebody is one of these people, by a name as they typed it. */
export function isAmong(names: readonly string[], written: string): boolean {
  return (
    findPerson(
      names.map((name) => ({ name })),
      written
    ) !== undefined
  );
}

/** Names of the people who hold at least one of these roles, in the environment's order. */
export function namesInRoles(people: readonly Person[], roles: readonly string[]): string[] {
  return people.filter((person) => person.roles.some((role) => roles.includes(role))).map((person) => person.name);
}

/** E-mail addresses of roles, groups and names, as an environment has them; each once. */
export function addressesOf(
  { people, contacts = {} }: Pick<Environment, 'people' | 'contacts'>,
  to: readonly string[]
): string[] {
  const groups = to.flatMap((name) => (Object.hasOwn(contacts, name) ? (contacts[name] ?? []) : []));
  const persons = people.filter(({ name, roles }) => to.includes(name) || roles.some((role) => to.includes(role)));
  return [...new Set([...groups, ...persons.flatMap(({ email }) => email ?? [])])];
}
