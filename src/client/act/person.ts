import { PhasegateError } from '../../plan/errors.js';
import { stranger } from '../../plan/gate-rules.js';
import type { Environment } from '../../plan/model.js';
import { findPerson } from '../../plan/people.js';

/**
 * The name under which an environment lists somebody. Whoever starts or takes back a run must be one of its people:
 * of a stranger nobody could say that they do not approve what they started.
 *
 * @throws PhasegateError PG204 with the names that there are
 */
export function requirePerson({ id, people }: Environment, by: string): string {
  const person = findPerson(people, by);
  if (person) return person.name;
  throw new PhasegateError('PG204', stranger(people, by).reason, {
    where: id,
    hint: `Say who you are with --as NAME: ${people.map(({ name }) => name).join(', ')}`,
  });
}
