import { hintForName } from '../language/suggest.js';
import type { Pairing, PairingRule } from './cross.js';
import { knowsPeople } from './people.js';
import { namesOf } from './walk.js';
import { leadersOf, namesAt, recipientsOf, routesOf } from './walk-watch.js';
import type { NameAt, RouteAt } from './walk-watch.js';

/** Alerts and incidents reach somebody here: their channels are there, and behind each role and group are people. */
export const reachRules: PairingRule = (pairing) => {
  const { plan, environment, inPlan } = pairing;
  const place = environment.id ?? 'the environment';
  const known = namesOf(environment.channels);
  for (const route of routesOf(plan)) {
    for (const { name, path } of namesAt(route.value.channels, [...route.path, 'channels'])) {
      if (known.includes(name) || isUnsound(environment, 'channels')) continue;
      inPlan(path, {
        code: 'PG105',
        message: `${place} has no channel "${name}"`,
        hint: hintForName(name, known, 'declare it under channels in the environment'),
      });
    }
    mailWithoutAddress(pairing, route);
  }
  if (!knowsPeople(pairing)) return;
  const contacts = namesOf(environment.contacts);
  const nobody = (name: string): boolean => !isHeld(pairing, name);
  for (const { name, path } of isUnsound(environment, 'contacts') ? [] : recipientsOf(plan)) {
    if (contacts.includes(name) || !isDeclared(pairing, name) || !nobody(name)) continue;
    const isGroup = namesOf(plan.groups).includes(name);
    inPlan(path, {
      code: 'PG120',
      message: isGroup ? `${place} has no address of ${name}` : `nobody in ${place} is ${name}`,
      hint: `add contacts: { ${name}: … } to the environment${isGroup ? '' : ', or give the role to somebody there'}`,
    });
  }
  for (const { name, path } of uniqueLeaders(pairing)) {
    if (!namesOf(plan.roles).includes(name) || !nobody(name)) continue;
    inPlan(path, {
      code: 'PG120',
      message: `an incident would have nobody for this: nobody in ${place} is ${name}`,
      hint: `give the role to somebody under people in ${place}`,
    });
  }
};

/** One place for each role that nobody has: the same person may play several parts. */
function uniqueLeaders({ plan }: Pairing): NameAt[] {
  const leaders = leadersOf(plan);
  return leaders.filter(({ name }, index) => leaders.findIndex((other) => other.name === name) === index);
}

/** A mail goes to the addresses of its channel and to those of whom it is for: there must be one. */
function mailWithoutAddress({ plan, environment, inPlan }: Pairing, { path, value, level }: RouteAt): void {
  if (isUnsound(environment, 'people') || isUnsound(environment, 'contacts')) return;
  const contacts = namesOf(environment.contacts);
  const people = Object.values(environment.people ?? {});
  const hasAddress = (name: string): boolean =>
    contacts.includes(name) ||
    people.some((person) => person === undefined || ('email' in person && person.roles?.includes(name)));
  const to = value.to ?? [undefined];
  if (to.includes(undefined)) return;
  for (const { name, path: at } of namesAt(value.channels, [...path, 'channels'])) {
    const channel = environment.channels?.[name];
    if (
      channel?.kind !== 'email' ||
      (channel.to ?? [undefined]).length > 0 ||
      namesAt(to, []).some(({ name: told }) => hasAddress(told))
    )
      continue;
    inPlan(at, {
      code: 'PG120',
      message: `${name} would mail nobody: none of those whom a ${level} alert is for has an address in ${environment.id ?? 'the environment'}`,
      hint: `give ${namesOf(plan.groups).find((group) => to.includes(group)) ?? to[0] ?? 'them'} an address under contacts, people an email, or the channel a to`,
    });
  }
}

function isHeld({ environment: { people = {} } }: Pairing, role: string): boolean {
  return Object.values(people).some((person) => person?.roles?.includes(role));
}

function isDeclared({ plan }: Pairing, name: string): boolean {
  return namesOf(plan.roles).includes(name) || namesOf(plan.groups).includes(name);
}

/** Whether a part of the environment is there and has a fault as a whole. */
function isUnsound(environment: Pairing['environment'], key: 'channels' | 'people' | 'contacts'): boolean {
  return key in environment && environment[key] === undefined;
}
