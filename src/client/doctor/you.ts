import { stranger } from '../../plan/gate-rules.js';
import type { Person } from '../../plan/model.js';
import { findPerson } from '../../plan/people.js';
import { ok, warn, type Finding } from './finding.js';

/** Who is asking, and whether the environment, where one is named, knows them: a stranger can neither start nor answer. */
export function examineYou(me: { name: string; source: string }, people: readonly Person[] | undefined): Finding {
  const found = `${me.name}, from ${me.source}`;
  if (people === undefined) return ok('you', found);
  const person = findPerson(people, me.name);
  if (person) return ok('you', `${found}: ${person.title} (${person.roles.join(', ')})`);
  const names = people.map(({ name }) => name).join(', ');
  return warn(
    'you',
    `${found}: ${stranger(people, me.name).reason}`,
    `Say who you are with --as NAME or PHASEGATE_USER=NAME, NAME being one of: ${names}`
  );
}
