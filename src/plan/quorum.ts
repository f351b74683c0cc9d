import type { ApprovalSpec, Person } from './model.js';

/** One person's decision on a gate, accepted. */
export interface Decision {
  /** Client-made id: a repeated one is the same decision. */
  id: string;
  gate: string;
  decision: 'approve' | 'reject';
  by: string;
  /** Roles of the gate that this person holds. */
  roles: string[];
  reason?: string;
  at: number;
  /** How the identity was established. */
  identity: 'identity' | 'signature';
}

export interface Tally {
  satisfied: boolean;
  rejectedBy?: Decision;
  have: Record<string, number>;
  need: Record<string, number>;
  /** Roles that still miss people. */
  missing: Record<string, number>;
}

/** Roles of the gate that a person can fill. */
export function rolesFor(person: Person, roles: Record<string, number>): string[] {
  return Object.keys(roles).filter((role) => person.roles.includes(role));
}

/** People who may still decide a gate. The one who started the run is left out unless the plan says otherwise. */
export function eligible(
  spec: Pick<ApprovalSpec, 'roles' | 'allowStarter'>,
  people: Person[],
  startedBy: string
): Person[] {
  return people.filter(
    (person) => rolesFor(person, spec.roles).length > 0 && (spec.allowStarter || person.name !== startedBy)
  );
}

/**
 * Whether these people can fill the roles when each of them fills one: a bipartite matching, since somebody with two
 * roles counts once. Returns how many places of each role are filled at best.
 */
export function assign(
  need: Record<string, number>,
  people: ReadonlyArray<{ name: string; roles: string[] }>
): Record<string, number> {
  const seats = Object.entries(need).flatMap(([role, count]) => Array.from({ length: count }, (_, i) => ({ role, i })));
  const seatOf = new Map<string, number>();
  const personIn: Array<string | undefined> = seats.map(() => undefined);
  const byName = new Map(people.map((person) => [person.name, person]));
  const place = (name: string, tried: Set<number>): boolean => {
    const roles = byName.get(name)?.roles ?? [];
    for (const [index, seat] of seats.entries()) {
      if (!roles.includes(seat.role) || tried.has(index)) continue;
      tried.add(index);
      const other = personIn[index];
      if (other === undefined || place(other, tried)) {
        personIn[index] = name;
        seatOf.set(name, index);
        return true;
      }
    }
    return false;
  };
  for (const name of byName.keys()) place(name, new Set());
  const filled: Record<string, number> = Object.fromEntries(Object.keys(need).map((role) => [role, 0]));
  for (const [index, name] of personIn.entries()) {
    const seat = seats[index];
    if (name !== undefined && seat) filled[seat.role] = (filled[seat.role] ?? 0) + 1;
  }
  return filled;
}

/** The verdict of the decisions so far: one rejection ends the gate, approvals fill the roles' places. */
export function tally(need: Record<string, number>, decisions: readonly Decision[]): Tally {
  const rejectedBy = decisions.find((decision) => decision.decision === 'reject');
  const approvers = decisions
    .filter((decision) => decision.decision === 'approve')
    .map((decision) => ({ name: decision.by, roles: decision.roles }));
  const have = assign(need, approvers);
  const missing = Object.fromEntries(
    Object.entries(need)
      .map(([role, count]) => [role, count - (have[role] ?? 0)] as const)
      .filter(([, count]) => count > 0)
  );
  return {
    satisfied: rejectedBy === undefined && Object.keys(missing).length === 0,
    ...(rejectedBy ? { rejectedBy } : {}),
    have,
    need,
    missing,
  };
}
