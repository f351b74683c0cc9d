import { hintForName } from '../language/suggest.js';
import type { Path } from '../loading/fault.js';
import { unknownMetric } from './criteria.js';
import { monitoringOnly } from '../document/plan-document.js';
import type { MetricDocument } from '../document/plan-document.js';
import type { Loose } from '../loading/loose.js';
import type { LoosePlan, PlanRule, Report } from './rule.js';
import { approvalsOf, attestsOf, checklistItemsOf, checksOf, cleanupTasksOf, namesOf } from './walk.js';

/** Roles, phases and metrics that are referred to are declared. */
export const referenceRules: PlanRule = (plan, report) => {
  for (const { path, value } of attestsOf(plan)) role(plan, value.by, [...path, 'by'], report);
  for (const { path, value } of approvalsOf(plan)) {
    const names = namesOf(value.roles);
    for (const name of names) role(plan, name, [...path, 'roles', name], report, 'key');
    if (value.roles && names.length === 0) {
      report([...path, 'roles'], {
        code: 'PG109',
        message: 'an approval without roles asks nobody',
        hint: 'write for example roles: { engineering-lead: 1 }',
        at: 'key',
      });
    }
    role(plan, value.escalate?.to, [...path, 'escalate', 'to'], report);
  }
  for (const { path, value } of cleanupTasksOf(plan)) {
    for (const kind of ['task', 'remove-flags'] as const)
      role(plan, value[kind]?.owner, [...path, kind, 'owner'], report);
  }
  role(plan, plan.cleanup?.escalate?.to, ['cleanup', 'escalate', 'to'], report);
  standing(plan, report);
  (plan.waivers?.roles ?? []).forEach((name, index) => role(plan, name, ['waivers', 'roles', index], report));
  rollbackMetrics(plan, report);
  outsidePhases(plan, report);
};

/** What only makes sense before or behind certain things stands where they are. */
function outsidePhases(plan: LoosePlan, report: Report): void {
  for (const { path, value, phase } of checksOf(plan)) {
    // In a stage of the validation its own rules say so.
    if (value.stable === undefined || phase || path[0] === 'validation') continue;
    report([...path, 'stable'], {
      code: 'PG111',
      message:
        path[0] === 'rollback'
          ? 'a stable check cannot follow a rollback'
          : 'a stable check cannot come before all phases: nothing has been done yet',
      hint: 'use http, command or metric here',
      at: 'key',
    });
  }
  const inChecklists = new Set(checklistItemsOf(plan).map(({ path }) => path.join('/')));
  const growsOld = (path: Path): boolean =>
    inChecklists.has(path.slice(0, -1).join('/')) || (path[0] === 'phases' && path[2] === 'before');
  for (const { path, value } of [...checksOf(plan), ...attestsOf(plan)]) {
    if (value['valid-for'] === undefined || growsOld(path)) continue;
    report([...path, 'valid-for'], {
      code: 'PG111',
      message: 'only an item under pre-deployment or before can grow too old: this one is looked at when it is needed',
      hint: 'leave it out',
      at: 'key',
    });
  }
}

function standing(plan: LoosePlan, report: Report): void {
  const { owner, updated, approval } = plan.document ?? {};
  role(plan, owner, ['document', 'owner'], report);
  role(plan, approval?.role, ['document', 'approval', 'role'], report);
  const { by, on } = approval ?? {};
  // A key that has a fault of its own is there all the same.
  const has = (key: string): boolean => approval !== undefined && key in approval;
  if (has('by') !== has('on')) {
    report(['document', 'approval'], {
      code: 'PG103',
      message: 'an approval says who and when, or neither while it is pending',
      hint: 'write both by and on, or leave both out',
      at: 'key',
    });
  } else if (by !== undefined && on !== undefined && updated !== undefined && on < updated) {
    report(['document', 'approval', 'on'], {
      code: 'PG117',
      message: `it was approved on ${on}, and changed after that, on ${updated}`,
      hint: 'have the present plan approved',
    });
  }
}

function role(
  plan: LoosePlan,
  name: string | undefined,
  path: Path,
  report: Report,
  at: 'key' | 'value' = 'value'
): void {
  const known = namesOf(plan.roles);
  if (name === undefined || plan.roles === undefined || known.includes(name)) return;
  report(path, {
    code: 'PG105',
    message: `unknown role "${name}"`,
    hint: hintForName(name, known, 'declare it under roles'),
    at,
  });
}

/** Only a metric with a target can be back inside it. */
function rollbackMetrics(plan: LoosePlan, report: Report): void {
  const named = plan.rollback?.metrics;
  (named ?? []).forEach((name, index) => {
    if (name === undefined) return;
    const path = ['rollback', 'metrics', index];
    const metric = plan.metrics?.[name];
    if (!metric) unknownMetric(plan, name, path, report);
    else if (!hasTarget(metric)) {
      report(path, {
        code: 'PG110',
        message: `${name} has no target to be back inside`,
        hint: 'give it a target, or name another metric',
      });
    }
  });
  if (named !== undefined || plan.metrics === undefined) return;
  const red = namesOf(plan.metrics).filter((name) => plan.metrics?.[name]?.priority === 'red');
  const unsound = namesOf(plan.metrics).some((name) => plan.metrics?.[name] === undefined);
  if (red.length === 0 && !unsound) {
    report(['metrics'], {
      code: 'PG110',
      message: 'no metric can verify a rollback: none has priority: red',
      hint: 'mark the vital ones red, or name metrics under rollback',
      at: 'key',
    });
  }
  for (const name of red) {
    if (!hasTarget(plan.metrics?.[name] ?? {})) {
      report(['metrics', name], {
        code: 'PG110',
        message: `${name} is red but has no target to be back inside after a rollback`,
        hint: 'give it a target, or name other metrics under rollback',
        at: 'key',
      });
    }
  }
}

/** A target that has a fault of its own is there all the same. */
function hasTarget(metric: Loose<MetricDocument>): boolean {
  return 'target' in metric && metric.target !== monitoringOnly;
}
