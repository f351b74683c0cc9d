import type { ApprovalSpec, Person } from './model.js';
import { findPerson } from './people.js';

/** One person's decision on a gate, accepted. */
export interface Decision {
  /** Client-made id: a repeated one is the same decision. */
  id: string;
  gate: string;
  decision: 'approve' | 'reject';
  by: string;
  /** Roles of the gate that this person can fill. */
  roles: string[];
  reason?: string;
  at: number;
  /** How the identity was established. */
  identity: 'identity' | 'signature';
}

export interface Tally {
  satisfied: boolean;
  rejectedBy?: Decision;
  /** Roles that still miss people. */
  missing: Record<string, number>;
}

/** Roles of the gate that a person can fill. */
export function rolesFor(person: Person, roles: Record<string, number>): string[] {
  return Object.keys(roles).filter((role) => person.roles.includes(role));
}

/** People who may decide a gate. The one who started the run is left out unless the plan says otherwise. */
export function eligible(
  spec: Pick<ApprovalSpec, 'roles' | 'allowStarter'>,
  people: Person[],
  startedBy: string
): Person[] {
  const starter = spec.allowStarter ? undefined : findPerson(people, startedBy);
  return people.filter((person) => rolesFor(person, spec.roles).length > 0 && person !== starter);
}

/** The places that a person can fill at a gate; the next in line, once asked, stands in for any of its roles. */
export function placesFor(person: Person, gate: { roles: Record<string, number>; standIn?: string }): string[] {
  const standsIn = gate.standIn !== undefined && person.roles.includes(gate.standIn);
  return standsIn ? Object.keys(gate.roles) : rolesFor(person, gate.roles);
}

/** Of these people, those whose yes would fill a place that is still empty. */
export function stillNeeded(
  gate: { roles: Record<string, number>; standIn?: string; decisions: readonly Decision[] },
  people: readonly Person[]
): Person[] {
  const filled = (approvers: ReadonlyArray<{ name: string; roles: string[] }>): number =>
    Object.values(assign(gate.roles, approvers)).reduce((sum, count) => sum + count, 0);
  const approvers = approversIn(gate.decisions);
  const now = filled(approvers);
  return people.filter(
    (person) =>
      !approvers.some((one) => one.name === person.name) &&
      filled([...approvers, { name: person.name, roles: placesFor(person, gate) }]) > now
  );
}

function approversIn(decisions: readonly Decision[]): Array<{ name: string; roles: string[] }> {
  return decisions
    .filter((decision) => decision.decision === 'approve')
    .map((decision) => ({ name: decision.by, roles: decision.roles }));
}

/**
 * Whether these people can fill the roles when each of them fills one: a bipartite matching, since somebody with two
 * roles counts once. Returns how many places of each role are filled at best.
 */
export function assign(
  need: Record<string, number>,
  people: ReadonlyArray<{ name: string; roles: string[] }>
): Record<string, number> {
  const seats = Object.entries(need).flatMap(([role, count]) => Array.from({ length: count }, () => role));
  const personIn: Array<string | undefined> = seats.map(() => undefined);
  const byName = new Map(people.map((person) => [person.name, person]));
  const place = (name: string, tried: Set<number>): boolean => {
    const roles = byName.get(name)?.roles ?? [];
    for (const [index, seat] of seats.entries()) {
      if (!roles.includes(seat) || tried.has(index)) continue;
      tried.add(index);
      const other = personIn[index];
      if (other === undefined || place(other, tried)) {
        personIn[index] = name;
        return true;
      }
    }
    return false;
  };
  for (const name of byName.keys()) place(name, new Set());
  const filled: Record<string, number> = Object.fromEntries(Object.keys(need).map((role) => [role, 0]));
  for (const [index, name] of personIn.entries()) {
    const role = seats[index];
    if (name !== undefined && role !== undefined) filled[role] = (filled[role] ?? 0) + 1;
  }
  return filled;
}

/** What a gate asks for: role -> how many people, of all roles or of any one of them. */
export interface Need {
  roles: Record<string, number>;
  needs?: 'any';
}

/** What the roles of a gate ask for, in words: joined by the gate's own "and" or "or". */
export function joinRoles({ needs }: { needs?: 'all' | 'any' | undefined }, parts: readonly string[]): string {
  return parts.join(needs === 'any' ? ' or ' : ' and ');
}

/** Whether these people could satisfy a gate together. */
export function satisfies({ roles, needs }: Need, people: ReadonlyArray<{ name: string; roles: string[] }>): boolean {
  const full = (some: Record<string, number>): boolean => {
    const filled = assign(some, people);
    return Object.entries(some).every(([role, count]) => (filled[role] ?? 0) >= count);
  };
  if (needs === 'any') return Object.entries(roles).some(([role, count]) => full({ [role]: count }));
  return full(roles);
}

/** The verdict of the decisions so far: one rejection ends the gate, approvals fill the roles' places. */
export function tally(need: Need, decisions: readonly Decision[]): Tally {
  const rejectedBy = decisions.find((decision) => decision.decision === 'reject');
  const approvers = approversIn(decisions);
  const enough = satisfies(need, approvers);
  // Where one role is enough, each is counted as if it were the only one.
  const have = (role: string, count: number): number =>
    assign(need.needs === 'any' ? { [role]: count } : need.roles, approvers)[role] ?? 0;
  const missing = Object.fromEntries(
    Object.entries(need.roles)
      .map(([role, count]) => [role, count - have(role, count)] as const)
      .filter(([, count]) => count > 0 && !enough)
  );
  return {
    satisfied: rejectedBy === undefined && enough,
    ...(rejectedBy ? { rejectedBy } : {}),
    missing,
  };
}
