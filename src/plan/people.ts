import type { Person } from './model.js';

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
