import { hintForName } from '../language/suggest.js';
import type { PlanRule } from './rule.js';
import { namesOf } from './walk.js';
import { leadersOf, recipientsOf } from './walk-watch.js';

/** Whoever is told of alerts and incidents is a role or a group; who leads an incident is a role. */
export const recipientRules: PlanRule = (plan, report) => {
  const roles = namesOf(plan.roles);
  const groups = namesOf(plan.groups);
  for (const name of groups) {
    if (!roles.includes(name)) continue;
    report(['groups', name], {
      code: 'PG106',
      message: `"${name}" is a role already`,
      hint: 'leave the group out, or give it another name',
      at: 'key',
    });
  }
  // With a fault as a whole, nobody knows who is among them.
  if (plan.roles === undefined || ('groups' in plan && plan.groups === undefined)) return;
  const told = [...roles, ...groups];
  for (const { name, path } of recipientsOf(plan)) {
    if (told.includes(name)) continue;
    report(path, {
      code: 'PG105',
      message: `unknown role or group "${name}"`,
      hint: hintForName(name, told, 'declare it under roles, or under groups'),
    });
  }
  for (const { name, path } of leadersOf(plan)) {
    if (roles.includes(name)) continue;
    report(path, {
      code: 'PG105',
      message: groups.includes(name) ? `"${name}" is a group, and nobody in particular` : `unknown role "${name}"`,
      hint: hintForName(name, roles, 'declare it under roles'),
    });
  }
};
