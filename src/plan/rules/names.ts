import type { Path } from '../loading/fault.js';
import type { LoosePlan, PlanRule, Report } from './rule.js';
import {
  checklistItemsOf,
  checklistsOf,
  cleanupGroupsOf,
  cleanupTasksOf,
  kpisOf,
  listOf,
  longSuccess,
  phasesOf,
  stageItemsOf,
  stagesOf,
  stepsOf,
} from './walk.js';
import type { At, PhaseAt } from './walk.js';

/** Addresses that phasegate makes itself: `1a/approval#1`. */
const ownIds: readonly string[] = [
  'before',
  'steps',
  'success',
  'approval',
  'soak',
  'schedule',
  'freeze',
  'baseline',
  'rollback',
  'phase',
];

/** What stands beside the phases in addresses and in the ids of rollbacks: `rollback/metrics#1`, `…/rollback/all`. */
const besidePhases = /^(?:all|rollback|pre-deployment|cleanup|again-\d+)$/;

/** The groups of clean-up that KPIs make which are due together, see `freezeCleanup`. */
const groupOfKpis = /^kpis-(?:week|month)-\d+$/;

/** Ids are unique where they are addressed: phases in the plan, steps and checklist items in their phase. */
export const nameRules: PlanRule = (plan, report) => {
  const phases = phasesOf(plan);
  unique(
    phases.map(({ path, value }) => ({ id: value.id, path: [...path, 'id'] })),
    'phase',
    report
  );
  for (const phase of phases) {
    if (phase.value.id !== undefined && besidePhases.test(phase.value.id))
      taken(phase.value.id, [...phase.path, 'id'], 'phase', report);
    const ids = itemsOf(phase);
    unique(ids, 'step', report);
    for (const { id, path } of ids) {
      if (id !== undefined && ownIds.includes(id)) taken(id, path, 'check', report);
    }
  }
  namesOfChecklists(plan, report);
  namesOfStages(plan, report);
  namesOfCleanup(plan, report);
  const checks = listOf<{ check?: { id: string } | undefined }>(plan.rollback?.checks, ['rollback', 'checks']).map(
    ({ path, value }) => ({ id: value.check?.id, path: [...path, 'check', 'id'] })
  );
  unique(checks, 'check', report);
  for (const { id, path } of checks) if (id === 'metrics') taken(id, path, 'check', report);
};

/** Items of all checklists share one place in addresses. */
function namesOfChecklists(plan: LoosePlan, report: Report): void {
  const lists = checklistsOf(plan).map(({ path, value }) => ({ id: value.id, path: [...path, 'id'] }));
  unique(lists, 'checklist', report);
  const ids = idsOf(checklistItemsOf(plan));
  unique(ids, 'item', report);
  for (const { id, path } of ids) if (id !== undefined && ownIds.includes(id)) taken(id, path, 'item', report);
}

/** Stages stand among the phases in addresses. */
function namesOfStages(plan: LoosePlan, report: Report): void {
  const phases = new Set(phasesOf(plan).flatMap(({ value }) => (value.id === undefined ? [] : [value.id])));
  const stages = stagesOf(plan);
  const ids = stages.map(({ path, value }) => ({ id: value.id, path: [...path, 'id'] }));
  unique(ids, 'stage', report);
  for (const { id, path } of ids) {
    if (id === undefined) continue;
    if (besidePhases.test(id)) taken(id, path, 'stage', report);
    if (phases.has(id))
      report(path, {
        code: 'PG106',
        message: `"${id}" is a phase already`,
        hint: `write for example ${id}-validation`,
      });
  }
  for (const stage of stages) {
    const items = idsOf(stageItemsOf(stage));
    unique(items, 'item', report);
    for (const { id, path } of items) if (id !== undefined && ownIds.includes(id)) taken(id, path, 'item', report);
  }
}

/** Tasks of all groups share one place in addresses. */
function namesOfCleanup(plan: LoosePlan, report: Report): void {
  const groups = cleanupGroupsOf(plan).map(({ path, value }) => ({ id: value.id, path: [...path, 'id'] }));
  unique(groups, 'group', report);
  for (const { id, path } of groups) if (id !== undefined && groupOfKpis.test(id)) taken(id, path, 'group', report);
  // A KPI that somebody is asked about is one of the tasks.
  const asked = kpisOf(plan).flatMap(({ path, value }) => (value.ask ? [{ id: value.id, path: [...path, 'id'] }] : []));
  const tasks = idsOf(cleanupTasksOf(plan));
  unique([...tasks, ...asked.filter(({ id }) => tasks.some((task) => task.id === id))], 'task', report);
}

function taken(id: string, path: Path, what: string, report: Report): void {
  report(path, {
    code: 'PG106',
    message: `"${id}" is a name that phasegate uses itself`,
    hint: `write for example ${id}-${what}`,
  });
}

interface IdAt {
  id: string | undefined;
  path: Path;
}

function itemsOf(phase: PhaseAt): IdAt[] {
  const lists = [
    ...listOf<Record<string, { id?: string } | undefined>>(phase.value.before, [...phase.path, 'before']),
    ...stepsOf(phase),
    ...listOf<Record<string, { id?: string } | undefined>>(longSuccess(phase)?.checks, [
      ...phase.path,
      'success',
      'checks',
    ]),
  ];
  return idsOf(lists);
}

function idsOf(items: ReadonlyArray<At<Record<string, { id?: string } | undefined>>>): IdAt[] {
  return items.flatMap(({ path, value }) =>
    Object.entries(value).flatMap(([kind, body]: [string, { id?: string | undefined } | undefined]) =>
      body === undefined || body === null ? [] : [{ id: body.id, path: [...path, kind, 'id'] }]
    )
  );
}

/** Refuses what is in a list a second time. */
export function twice(names: ReadonlyArray<{ name: string; path: Path }>, what: string, report: Report): void {
  const seen = new Set<string>();
  for (const { name, path } of names) {
    if (seen.has(name))
      report(path, { code: 'PG106', message: `${what} "${name}" is there twice`, hint: 'keep one of them' });
    seen.add(name);
  }
}

function unique(ids: readonly IdAt[], what: string, report: Report): void {
  const seen = new Set<string>();
  for (const { id, path } of ids) {
    if (id === undefined) continue;
    if (seen.has(id))
      report(path, { code: 'PG106', message: `${what} id "${id}" is used twice`, hint: 'give each its own id' });
    seen.add(id);
  }
}
