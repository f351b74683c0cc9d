import { PhasegateError } from '../../plan/errors.js';
import { stranger } from '../../plan/gate-rules.js';
import type { Environment } from '../../plan/model.js';
import { findPerson } from '../../plan/people.js';
import type { Gate } from '../../plan/run-status.js';
import { oneOf } from '../../plan/text/spans.js';

/**
 * The name under which an environment lists somebody. Whoever starts, answers or takes back a run must be one of its people:
 * of a stranger nobody could say that they do not approve what they started.
 *
 * @param gate where the person wants to answer: the error then says who may
 * @throws PhasegateError PG204 with the names that there are
 */
export function requirePerson(
  { id, people }: Environment,
  by: string,
  gate?: Pick<Gate, 'address' | 'people'>
): string {
  const person = findPerson(people, by);
  if (person) return person.name;
  const may = gate ? `${oneOf(gate.people)} may answer ${gate.address}. ` : '';
  throw new PhasegateError('PG204', stranger(people, by).reason, {
    where: `environment ${id}`,
    hint: `${may}Say who you are with --as NAME or PHASEGATE_USER, as the environment lists you under people.`,
  });
}
