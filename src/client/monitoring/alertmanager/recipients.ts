import type { Environment } from '../../../plan/model.js';
import { namesInRoles } from '../../../plan/people.js';

/** The addresses of roles and groups: the environment's contacts first, else its people; and who has none. */
export function addressesOf(
  environment: Environment,
  to: readonly string[]
): { addresses: string[]; without: string[] } {
  const addresses = new Set<string>();
  const without: string[] = [];
  for (const role of to) {
    const contact = environment.contacts?.[role];
    const names = namesInRoles(environment.people, [role]);
    const own = environment.people.flatMap(({ name, email }) =>
      email !== undefined && names.includes(name) ? [email] : []
    );
    const found = contact === undefined ? own : [contact];
    if (found.length === 0) without.push(role);
    for (const address of found) addresses.add(address);
  }
  return { addresses: [...addresses], without };
}
