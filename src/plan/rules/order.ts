import { hintForName } from '../language/suggest.js';
import type { Path } from '../loading/fault.js';
import type { LoosePlan, PlanRule, Report } from './rule.js';
import { checksOf, phasesOf } from './walk.js';

/** Which phases each phase waits for: what `after` says, else the phase before it. Unknown names are left out. */
export function dependencies(
  phases: ReadonlyArray<{ id?: string | undefined; after?: ReadonlyArray<string | undefined> | undefined }>
): Map<string, string[]> {
  const known = new Set(phases.map((phase) => phase.id));
  const after = new Map<string, string[]>();
  phases.forEach((phase, index) => {
    if (phase.id === undefined) return;
    const previous = phases[index - 1]?.id;
    const named = phase.after ?? (previous === undefined ? [] : [previous]);
    after.set(phase.id, named.filter((id) => id !== undefined && known.has(id)) as string[]);
  });
  return after;
}

/** The phases in an order in which each comes after those it waits for; as written where that is possible. */
export function inDependencyOrder(after: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set<string>();
  const done: string[] = [];
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const before of after.get(id) ?? []) visit(before);
    done.push(id);
  };
  for (const id of after.keys()) visit(id);
  return done;
}

/** A way from a phase back to itself. */
function cycleFrom(start: string, after: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const seen = new Set<string>();
  const walk = (id: string, way: readonly string[]): string[] | undefined => {
    for (const next of after.get(id) ?? []) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const further = walk(next, [...way, next]);
      if (further) return further;
    }
    return undefined;
  };
  return walk(start, [start]);
}

/** The phases that a phase waits for, directly or not. */
export function ancestors(start: string, after: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const walk = (id: string): void => {
    for (const before of after.get(id) ?? []) {
      if (found.has(before)) continue;
      found.add(before);
      walk(before);
    }
  };
  walk(start);
  return found;
}

/** Phases wait for phases that exist, without going in a circle; stable checks look at phases that are done. */
export const orderRules: PlanRule = (plan, report) => {
  const phases = phasesOf(plan);
  // With an unknown name among them, nobody knows what a phase really waits for.
  let allKnown = true;
  const ids = phases.flatMap(({ value }) => (value.id === undefined ? [] : [value.id]));
  const after = dependencies((plan.phases ?? []).map((phase) => phase ?? {}));
  const inCycle = new Set<string>();
  for (const { path, value } of phases) {
    (value.after ?? []).forEach((name, index) => {
      allKnown = knownPhase(plan, name, ids, [...path, 'after', index], report) && allKnown;
    });
    const cycle = value.id === undefined || inCycle.has(value.id) ? undefined : cycleFrom(value.id, after);
    if (!cycle) continue;
    cycle.forEach((id) => inCycle.add(id));
    // The first of a circle in the file waits for a later phase, which only an "after" says.
    report([...path, 'after'], {
      code: 'PG111',
      message: `phases wait for each other: ${cycle.join(' after ')}`,
      hint: 'break the circle in one of their "after" lists',
      at: 'key',
    });
  }
  for (const { path, value, phase } of checksOf(plan)) {
    const done = phase?.value.id === undefined ? undefined : ancestors(phase.value.id, after);
    (value.stable?.phases ?? []).forEach((name, index) => {
      const at = [...path, 'stable', 'phases', index];
      if (!knownPhase(plan, name, ids, at, report) || name === undefined || !done) return;
      if (!done.has(name) && allKnown) {
        report(at, {
          code: 'PG111',
          message: `phase ${name} is not done before this one`,
          hint: `add ${name} to the "after" of this phase`,
        });
      }
    });
  }
};

function knownPhase(
  plan: LoosePlan,
  name: string | undefined,
  ids: readonly string[],
  path: Path,
  report: Report
): boolean {
  if (name === undefined || ids.includes(name)) return true;
  // A phase whose id has a fault was reported there, and this may be the one that is meant.
  if (ids.length === (plan.phases ?? []).length) {
    report(path, {
      code: 'PG105',
      message: `unknown phase "${name}"`,
      hint: hintForName(name, ids, 'name a phase of this plan'),
    });
  }
  return false;
}
