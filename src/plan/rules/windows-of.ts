import type { PhaseDocument } from '../document/plan-document.js';
import { parseCriterion } from '../language/criterion.js';
import type { CriterionText } from '../language/criterion.js';
import type { Path } from '../loading/fault.js';
import type { Loose } from '../loading/loose.js';
import type { LoosePlan } from './rule.js';
import { checksOf, flagRemovalsOf, longSuccess, phasesOf, stageItemsOf, stagesOf, stepsOf } from './walk.js';

export interface CriterionAt {
  path: Path;
  criterion: CriterionText;
  increase?: boolean;
}

/** Any judged stretch of time in a plan, as far as it is sound. */
export interface WindowAt {
  kind: 'watch' | 'traffic' | 'success' | 'soak' | 'stable' | 'rollback' | 'stage' | 'removal';
  path: Path;
  /** Its own length, as written. */
  for?: string;
  /** Where the length stands, or would. */
  forPath: Path;
  every?: string;
  deadline?: string;
  minTraffic?: string;
  /** Some of its times have faults of their own, so that nothing can be concluded from the others. */
  unsound: boolean;
  /** Absent: it takes the criteria of something else. */
  criteria?: CriterionAt[];
}

const timeKeys = ['for', 'hold', 'every', 'warm-up', 'deadline'] as const;

type Options = { [Key in (typeof timeKeys)[number]]?: string | undefined } & {
  'min-traffic'?: { metric?: string | undefined } | undefined;
};
type LooseCriteria = Loose<Extract<PhaseDocument['success'], unknown[]>>;

/** All windows of a plan: of steps, success criteria, soaks, stable checks, stages, the end of a rollback, flag removals. */
export function windowsOf(plan: LoosePlan): WindowAt[] {
  const windows: WindowAt[] = [];
  for (const phase of phasesOf(plan)) {
    for (const { path, value } of stepsOf(phase)) {
      const { watch, traffic } = value;
      if (watch) windows.push(windowAt('watch', [...path, 'watch'], watch, watch.for, watch.criteria));
      if (traffic) {
        const window = windowAt('traffic', [...path, 'traffic'], traffic, traffic.hold, traffic.criteria);
        windows.push({ ...window, forPath: [...path, 'traffic', 'hold'] });
      }
    }
    const { success, soak } = phase.value;
    const long = longSuccess(phase);
    const successPath = [...phase.path, 'success'];
    if (long) windows.push(windowAt('success', successPath, long, long.for, long.criteria));
    else if (Array.isArray(success))
      windows.push({
        kind: 'success',
        path: successPath,
        forPath: successPath,
        criteria: criteriaAt(success, successPath),
        unsound: hasHoles(success),
      });
    const soakPath = [...phase.path, 'soak'];
    if (typeof soak === 'string')
      windows.push({ kind: 'soak', path: soakPath, forPath: soakPath, for: soak, unsound: false });
    else if (soak) windows.push(windowAt('soak', soakPath, soak, soak.for, soak.criteria));
  }
  for (const { path, value } of checksOf(plan)) {
    if (value.stable) windows.push(windowAt('stable', [...path, 'stable'], value.stable, value.stable.for, undefined));
  }
  for (const { path, value } of stagesOf(plan).flatMap((stage) => stageItemsOf(stage))) {
    if (value.watch)
      windows.push(windowAt('stage', [...path, 'watch'], value.watch, value.watch.for, value.watch.criteria));
  }
  if (plan.rollback) windows.push(windowAt('rollback', ['rollback'], plan.rollback, plan.rollback.for, undefined));
  windows.push(...flagRemovalsOf(plan).map(({ path, value }) => removalWindow(path, value)));
  return windows;
}

/** The look back before flags are removed. */
function removalWindow(path: Path, value: ReturnType<typeof flagRemovalsOf>[number]['value']): WindowAt {
  const { unread, 'safe-for': length } = value;
  const parsed = parseCriterion(`${unread ?? ''} == 0`);
  const window = windowAt('removal', path, { for: length }, length, undefined);
  return {
    ...window,
    forPath: [...path, 'safe-for'],
    unsound: length === undefined,
    criteria: unread !== undefined && parsed.ok ? [{ path: [...path, 'unread'], criterion: parsed.value }] : [],
  };
}

function windowAt(
  kind: WindowAt['kind'],
  path: Path,
  options: Options,
  length: string | undefined,
  criteria: LooseCriteria | undefined
): WindowAt {
  const minTraffic = options['min-traffic']?.metric;
  const isList = criteria !== undefined;
  return {
    kind,
    path,
    forPath: length === undefined ? path : [...path, 'for'],
    ...(length === undefined ? {} : { for: length }),
    ...(options.every === undefined ? {} : { every: options.every }),
    ...(options.deadline === undefined ? {} : { deadline: options.deadline }),
    ...(minTraffic === undefined ? {} : { minTraffic }),
    unsound:
      timeKeys.some((key) => key in options && options[key] === undefined) ||
      (length === undefined && isList && hasHoles(criteria)),
    ...(isList ? { criteria: criteriaAt(criteria, [...path, 'criteria']) } : {}),
  };
}

function criteriaAt(criteria: LooseCriteria, path: Path): CriterionAt[] {
  return criteria.flatMap((item, index) => {
    const long = typeof item === 'string' ? undefined : item;
    const text = typeof item === 'string' ? item : long?.criterion;
    if (text === undefined) return [];
    const parsed = parseCriterion(text);
    if (!parsed.ok) return [];
    const at = long ? [...path, index, 'criterion'] : [...path, index];
    return [
      { path: at, criterion: parsed.value, ...(long?.increase === undefined ? {} : { increase: long.increase }) },
    ];
  });
}

function hasHoles(criteria: LooseCriteria): boolean {
  return criteria.some((item) => item === undefined || (typeof item !== 'string' && item.criterion === undefined));
}
