import type { Alerts, Channel, Environment, Phase, Severity } from '../model.js';
import { findPerson, namesInRoles } from '../people.js';
import type { IncidentInput } from '../run-input.js';
import { specOf } from './classify.js';
import type { IncidentState } from './course.js';

type People = Pick<Environment, 'people' | 'contacts'>;

/** The people who have these roles. A role or group that nobody has, or that has an address of its own, stays as it is. */
export function reachable({ people, contacts = {} }: People, roles: readonly string[]): string[] {
  const found = roles.flatMap((role) => {
    const names = namesInRoles(people, [role]);
    return names.length > 0 && !Object.hasOwn(contacts, role) ? names : [role, ...names];
  });
  return [...new Set(found)];
}

/**
 * Whom an incident calls first: as an alert as grave does, and besides those who approve the failing phase and whoever started
 * the run. Severity 1 takes everything back, which is everybody's business; so is everything in a plan without alerts.
 */
export function firstCalled(
  environment: People,
  about: { severity: Severity; alerts?: Alerts | undefined; phase?: Phase | undefined; startedBy: string }
): string[] {
  const { severity, alerts, phase, startedBy } = about;
  if (severity === 1 || !alerts) return environment.people.map(({ name }) => name);
  const { to } = alerts.routes[severity === 3 ? 'warning' : 'critical'];
  const starter = findPerson(environment.people, startedBy)?.name;
  const called = reachable(environment, [...to, ...Object.keys(phase?.approval?.roles ?? {})]);
  return [...new Set([...called, ...(starter === undefined ? [] : [starter])])];
}

type Called = Pick<IncidentInput, 'environment' | 'firstCalled'>;
type Asked = Called & Pick<IncidentInput, 'incidents' | 'severity' | 'alert'>;
type Escalated = Pick<IncidentState, 'escalatedAt' | 'alertEscalatedAt'>;

/** Whom a call is for: those of the first one, behind the next in line when it has come to them. */
export function calledBy(input: Asked, { escalatedAt, alertEscalatedAt }: Escalated): string[] {
  const { environment, incidents, severity, alert } = input;
  const next = [
    ...(escalatedAt === undefined ? [] : (specOf(incidents, severity)?.escalateTo ?? [])),
    ...(alertEscalatedAt === undefined ? [] : (alert?.to ?? [])),
  ];
  return [...new Set([...reachable(environment, next), ...calledFirst(input)])];
}

/**
 * By which channels an incident tells. A war room calls as what is critical does, whatever the severity: it may be about one that
 * wakes nobody. Whatever has a page there then hears who responds and how it ends.
 */
export function channelsFor(
  { environment, roomChannels = [] }: Pick<IncidentInput, 'environment' | 'roomChannels'>,
  { roomCalled }: Pick<IncidentState, 'roomCalled'>,
  { page, callsRoom }: { page?: 'trigger' | 'acknowledge' | 'resolve'; callsRoom?: true }
): Channel[] {
  const pagedThere = callsRoom ?? (roomCalled && page !== undefined && page !== 'trigger');
  return pagedThere ? [...environment.notify, ...roomChannels] : environment.notify;
}

/** Whoever knows of an incident hears what becomes of it: who was called, who is in its war room, and who was told how it stands. */
export function knowing(input: Asked, state: Escalated & Pick<IncidentState, 'warRoom' | 'updates'>): string[] {
  const { warRoom, updates } = state;
  const inRoom = warRoom?.roles.map(({ person, role }) => person ?? role) ?? [];
  const told = updates.length > 0 ? (input.incidents.warRoom?.stakeholders ?? []) : [];
  const called = calledBy(input, state);
  return [...new Set([...called, ...inRoom, ...reachable(input.environment, told)])];
}

/**
 * Who is asked again how far it is: whoever leads it, and from the second time on those next in line, since the one may not
 * hear it. Who acknowledged it elsewhere may be known there alone: then it is for those who were called.
 *
 * @param leads names of those whom it waits for
 */
export function askedAgain(
  input: Asked,
  state: Escalated & Pick<IncidentState, 'asked'>,
  leads: readonly string[]
): string[] {
  const { environment, incidents, severity } = input;
  const known = leads.filter((name) => findPerson(environment.people, name));
  const first = known.length > 0 ? known : calledBy(input, state);
  const next = (state.asked?.times ?? 0) > 1 ? (specOf(incidents, severity)?.escalateTo ?? []) : [];
  return [...new Set([...first, ...reachable(environment, next)])];
}

/** An earlier build called everybody. */
function calledFirst({ environment, firstCalled: called }: Called): string[] {
  return called ?? environment.people.map(({ name }) => name);
}
