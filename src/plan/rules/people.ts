import type { Person } from '../model.js';
import { findPerson } from '../people.js';
import { eligible, joinRoles, satisfies, type Need } from '../quorum.js';
import type { Path } from '../loading/fault.js';
import { withArticle } from '../text/spans.js';
import type { Pairing, PairingRule } from './cross.js';
import { approvalsOf, attestsOf, cleanupTasksOf, namesOf } from './walk.js';

interface Gate extends Need {
  path: Path;
  phase: string;
  allowStarter: boolean;
}

/** Every gate has people who could satisfy it together, whoever starts the run among them left out. */
export const peopleRules: PairingRule = (pairing) => {
  if (!knowsPeople(pairing)) return;
  const people = peopleOf(pairing);
  const gates = gatesOf(pairing);
  // Only these people can start a run; somebody else who looks at the plan does not count as its starter.
  const startedBy = pairing.startedBy === undefined ? undefined : findPerson(people, pairing.startedBy)?.name;
  const starters = startedBy === undefined ? people.map((person) => person.name) : [startedBy];
  const ableStarters = gates.map((gate) => starters.filter((starter) => isSatisfiable(gate, people, starter)));
  gates.forEach((gate, index) => {
    if (ableStarters[index]?.length === 0) reportGate(pairing, gate, people, startedBy);
  });
  if (ableStarters.every((able) => able.length > 0)) reportStarters(pairing, gates, starters, ableStarters);
  rolesWithoutPeople(pairing, people);
  approverOfPlan(pairing, people);
};

/** With a person or role missing for another fault, people cannot be counted. */
export function knowsPeople({ plan, environment }: Pairing): boolean {
  const people = environment.people;
  return (
    plan.roles !== undefined &&
    people !== undefined &&
    namesOf(people).every((name) => people[name]?.roles?.every((role) => role !== undefined))
  );
}

function peopleOf({ environment }: Pairing): Person[] {
  return namesOf(environment.people).map((name) => {
    const person = environment.people?.[name];
    return { name, title: person?.title ?? name, roles: (person?.roles ?? []).filter((role) => role !== undefined) };
  });
}

function gatesOf({ plan }: Pairing): Gate[] {
  return approvalsOf(plan).flatMap(({ path, value, of }) => {
    const { roles } = value;
    const known = namesOf(plan.roles);
    // A role that is not declared has a fault of its own, and nobody can have it.
    if (!roles || namesOf(roles).some((role) => roles[role] === undefined || !known.includes(role))) return [];
    return [
      {
        path: [...path, 'roles'],
        phase: of,
        roles: Object.fromEntries(Object.entries(roles).map(([role, count]) => [role, count ?? 0])),
        ...(value.needs === 'any' ? { needs: value.needs } : {}),
        allowStarter: value['allow-starter'] ?? false,
      },
    ];
  });
}

function isSatisfiable(gate: Gate, people: readonly Person[], startedBy: string): boolean {
  return satisfies(gate, eligible(gate, [...people], startedBy));
}

function reportGate(
  { inPlan, environment }: Pairing,
  gate: Gate,
  people: readonly Person[],
  startedBy: string | undefined
): void {
  const need = Object.entries(gate.roles).map(([role, count]) => `${count} of ${role}`);
  const have = Object.keys(gate.roles).map(
    (role) =>
      `${role}: ${
        people
          .filter((person) => person.roles.includes(role))
          .map((person) => person.name)
          .join(', ') || 'nobody'
      }`
  );
  const who = gate.allowStarter ? '' : ` without ${startedBy ?? 'the one who starts the run'}`;
  inPlan(gate.path, {
    code: 'PG109',
    message: `nobody could satisfy this gate in ${environment.id ?? 'this environment'}${who}: it needs ${joinRoles(gate, need)} (${have.join('; ')})`,
    hint: 'give the role to more people in the environment, or ask for fewer; one person counts once',
    at: 'key',
  });
}

function reportStarters(
  { inPlan, inEnvironment, environment }: Pairing,
  gates: readonly Gate[],
  starters: readonly string[],
  able: ReadonlyArray<readonly string[]>
): void {
  const unable = starters.filter((starter) => able.some((names) => !names.includes(starter)));
  if (unable.length === 0) return;
  const phases = gates
    .filter((_, index) => unable.some((starter) => !able[index]?.includes(starter)))
    .map((gate) => gate.phase);
  if (unable.length === starters.length) {
    inPlan(gates[0]?.path ?? [], {
      code: 'PG109',
      message: `whoever starts the run in ${environment.id ?? 'this environment'}, one of its gates (phases ${phases.join(', ')}) cannot be satisfied`,
      hint: 'give the roles to one more person in the environment',
      at: 'key',
    });
    return;
  }
  inEnvironment(['people'], {
    severity: 'warning',
    code: 'PG109',
    message: `a run started by ${unable.join(' or ')} could not be approved (phases ${phases.join(', ')}): the one who starts does not count`,
    hint: 'let somebody else start it, or give the role to more people',
    at: 'key',
  });
}

function rolesWithoutPeople({ plan, environment, inPlan }: Pairing, people: readonly Person[]): void {
  const nobody = (role: string | undefined): role is string =>
    role !== undefined && namesOf(plan.roles).includes(role) && !people.some((person) => person.roles.includes(role));
  const place = environment.id ?? 'this environment';
  const hint = `give the role to somebody under people in ${place}`;
  for (const { path, value } of attestsOf(plan)) {
    if (nobody(value.by))
      inPlan([...path, 'by'], { code: 'PG109', message: `nobody in ${place} is ${value.by}`, hint });
  }
  for (const { path, value } of approvalsOf(plan)) {
    const to = value.escalate?.to;
    if (nobody(to))
      inPlan([...path, 'escalate', 'to'], { code: 'PG109', message: `nobody in ${place} is ${to}`, hint });
  }
  for (const { path, value } of cleanupTasksOf(plan)) {
    for (const kind of ['task', 'remove-flags'] as const) {
      const owner = value[kind]?.owner;
      if (nobody(owner))
        inPlan([...path, kind, 'owner'], { code: 'PG109', message: `nobody in ${place} is ${owner}`, hint });
    }
  }
  const next = plan.cleanup?.escalate?.to;
  if (nobody(next))
    inPlan(['cleanup', 'escalate', 'to'], { code: 'PG109', message: `nobody in ${place} is ${next}`, hint });
  const waivers = plan.waivers?.roles;
  if (waivers && waivers.length > 0 && waivers.every(nobody)) {
    inPlan(['waivers', 'roles'], {
      severity: 'warning',
      code: 'PG109',
      message: `nobody in ${place} may waive`,
      hint,
      at: 'key',
    });
  }
}

/** Who approved the plan has the role for it here; in production that is missing until somebody did. */
function approverOfPlan({ plan, environment, inPlan }: Pairing, people: readonly Person[]): void {
  const { status, approval } = plan.document ?? {};
  if (!approval?.role || !namesOf(plan.roles).includes(approval.role)) return;
  const { role, by } = approval;
  const place = environment.id ?? 'this environment';
  if (by !== undefined && !findPerson(people, by)?.roles.includes(role)) {
    const able = people.filter((person) => person.roles.includes(role)).map((person) => person.name);
    inPlan(['document', 'approval', 'by'], {
      code: 'PG109',
      message: `${by} is no ${role} in ${place}, so this approves nothing`,
      hint:
        able.length > 0
          ? `${withArticle(role)} is: ${able.join(', ')}`
          : `give the role to somebody under people in ${place}`,
    });
  }
  if (environment.kind === 'production' && (by === undefined || status === 'draft')) {
    inPlan(['document', by === undefined ? 'approval' : 'status'], {
      severity: 'warning',
      code: 'PG117',
      message: `the plan is ${by === undefined ? 'not approved' : 'a draft'}, and does not start in production`,
      hint: by === undefined ? `${withArticle(role)} approves it: write by and on` : 'write status: ready when it is',
      at: 'key',
    });
  }
}
