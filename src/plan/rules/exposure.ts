import { hintForName } from '../language/suggest.js';
import type { LoosePlan, PlanRule, Report } from './rule.js';
import { dependencies, inDependencyOrder } from './order.js';
import { flagRemovalsOf, phasesOf, stepsOf } from './walk.js';
import type { PhaseAt } from './walk.js';

const everybody = 100;

/** Exposure only rises, and only for a flag that is on; a phase changes something and is judged afterwards; clean-up removes what everybody has. */
export const exposureRules: PlanRule = (plan, report) => {
  const exposure = new Map<string, number | undefined>();
  const knowsFlags = namesEveryFlag(plan);
  for (const phase of inOrder(plan)) {
    checkPhase(phase, report);
    for (const { path, value } of stepsOf(phase)) {
      if (value.flag?.key !== undefined) {
        exposure.set(value.flag.key, exposedBy(value.flag));
        if (value.flag.to === false && value.flag.percent !== undefined) {
          report([...path, 'flag', 'percent'], {
            code: 'PG111',
            message: 'a flag that is switched off has no share of traffic',
            hint: 'leave percent out',
          });
        }
      }
      if (value.traffic && knowsFlags) checkSwitchedOn(value.traffic.flag, [...path, 'traffic'], exposure, report);
      if (value.traffic) checkTraffic(value.traffic, [...path, 'traffic'], exposure, report);
    }
  }
  if (isWhole(plan)) checkRemovals(plan, exposure, report);
};

/** With a fault in one of the flag steps nobody knows which flag it switches on. */
function namesEveryFlag(plan: LoosePlan): boolean {
  return (plan.phases ?? []).every((phase) =>
    phase?.steps?.every((step) => step !== undefined && (!('flag' in step) || step.flag?.key !== undefined))
  );
}

function checkSwitchedOn(
  flag: string | undefined,
  path: PhaseAt['path'],
  exposure: ReadonlyMap<string, number | undefined>,
  report: Report
): void {
  if (flag === undefined || exposure.has(flag)) return;
  report([...path, 'flag'], {
    code: 'PG111',
    message: `no flag step before this one switches ${flag} on`,
    hint: `add a flag step with key: ${flag}`,
  });
}

/** With a fault in a phase nobody can tell what it sets. */
function isWhole({ phases }: LoosePlan): boolean {
  return phases?.every((phase) => phase?.steps?.includes(undefined) === false) === true;
}

/** Clean-up removes only what the plan gave to everybody: else its safety check could never pass. */
function checkRemovals(plan: LoosePlan, exposure: ReadonlyMap<string, number | undefined>, report: Report): void {
  for (const { path, value } of flagRemovalsOf(plan)) {
    (value.keys ?? []).forEach((key, index) => {
      if (key === undefined) return;
      const share = exposure.has(key) ? exposure.get(key) : 'never';
      if (share === undefined || share === everybody) return;
      report([...path, 'keys', index], {
        code: 'PG453',
        message: share === 'never' ? `no phase sets ${key}` : `the phases leave ${key} at ${share} %, not at 100 %`,
        hint:
          share === 'never'
            ? hintForName(key, [...exposure.keys()], 'name a flag that the plan switches on')
            : 'add 100 to its traffic step, or leave it out here',
      });
    });
  }
}

function checkTraffic(
  traffic: { flag?: string | undefined; percent?: ReadonlyArray<number | undefined> | undefined },
  path: PhaseAt['path'],
  exposure: Map<string, number | undefined>,
  report: Report
): void {
  const { flag, percent = [] } = traffic;
  if (flag === undefined) return;
  let last = exposure.get(flag) ?? 0;
  percent.forEach((share, index) => {
    if (share === undefined) return;
    const first = index === 0;
    if (first ? share < last : share <= last) {
      report([...path, 'percent', index], {
        code: 'PG111',
        message: first
          ? `traffic starts at ${share} %, below the ${last} % that are exposed already`
          : `${share} % does not follow ${last} %`,
        hint: first
          ? `start at ${last} % or more, or lower percent in the flag step`
          : 'write the shares in ascending order',
      });
    }
    last = share;
  });
  if (percent.length > 0 && percent.every((share) => share !== undefined) && last < everybody) {
    report([...path, 'percent'], {
      severity: 'warning',
      code: 'PG111',
      message: `${flag} ends at ${last} %, not at 100 %`,
      hint: 'add 100 to the list if everybody is to have it',
      at: 'key',
    });
  }
  exposure.set(flag, last);
}

/** The share of traffic after a flag step; undefined when its own value has a fault. */
function exposedBy(flag: { to?: boolean | undefined; percent?: number | undefined }): number | undefined {
  if (flag.to === undefined || ('percent' in flag && flag.percent === undefined)) return undefined;
  return flag.to ? (flag.percent ?? everybody) : 0;
}

/** A phase is one deployable part: it changes something, and nothing that changes goes unjudged. */
function checkPhase(phase: PhaseAt, report: Report): void {
  const { value, path } = phase;
  const steps = value.steps;
  if (!Array.isArray(steps) || steps.includes(undefined)) return;
  const actions = stepsOf(phase).filter(({ value: step }) => 'flag' in step || 'deploy' in step || 'traffic' in step);
  const watched = steps.some((step) => step !== undefined && 'watch' in step);
  if (actions.length === 0) {
    report([...path, 'steps'], {
      code: 'PG103',
      message: 'this phase changes nothing',
      hint: 'add a flag, deploy or traffic step, or move the checks to another phase',
      at: 'key',
    });
  } else if (!('success' in value)) {
    report([...path, 'id'], {
      code: 'PG110',
      message: `phase ${value.id ?? ''} changes production and has no success criteria, so nothing judges what it leaves behind`,
      hint: `add success criteria, for example success: [error_rate < 1% for 30m]${watched ? '; a watch step judges only the time before the steps after it' : ''}`,
    });
  }
}

/** In a cycle there is no order; it is reported elsewhere, and any order will do. */
function inOrder(plan: LoosePlan): PhaseAt[] {
  const phases = phasesOf(plan);
  const order = inDependencyOrder(dependencies((plan.phases ?? []).map((phase) => phase ?? {})));
  return phases.toSorted((a, b) => order.indexOf(a.value.id ?? '') - order.indexOf(b.value.id ?? ''));
}
