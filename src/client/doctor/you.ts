import { noName, type Caller } from '../cli/caller.js';
import { stranger } from '../../plan/gate-rules.js';
import type { Person } from '../../plan/model.js';
import { findPerson } from '../../plan/people.js';
import { ok, warn, type Finding } from './finding.js';

/** Who is asking, and whether the environment, where one is named, knows them: a stranger can neither start nor answer. */
export function examineYou(me: Caller, people: readonly Person[] | undefined): Finding {
  if (me.name === undefined) return warn('you', noName, 'Say who you are with --as NAME or PHASEGATE_USER=NAME');
  const found = `${me.name}, from ${me.source}`;
  if (people === undefined) return ok('you', found);
  const person = findPerson(people, me.name);
  if (person)
    return ok('you', `${found}: ${person.title} (${person.roles.join(', ') || 'no role: may start and roll back'})`);
  const names = people.map(({ name }) => name).join(', ');
  return warn(
    'you',
    `${found}: ${stranger(people, me.name).reason}`,
    `Say who you are with --as NAME or PHASEGATE_USER=NAME, NAME being one of: ${names}`
  );
}
