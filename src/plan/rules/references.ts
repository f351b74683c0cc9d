import { hintForName } from '../language/suggest.js';
import type { Path } from '../loading/fault.js';
import { unknownMetric } from './criteria.js';
import { monitoringOnly } from '../document/plan-document.js';
import type { LoosePlan, PlanRule, Report } from './rule.js';
import { attestsOf, checksOf, namesOf, phasesOf } from './walk.js';

/** Roles, phases and metrics that are referred to are declared. */
export const referenceRules: PlanRule = (plan, report) => {
  for (const { path, value } of attestsOf(plan)) role(plan, value.by, [...path, 'by'], report);
  for (const { path, value } of phasesOf(plan)) {
    const approval = value.approval;
    for (const name of namesOf(approval?.roles)) role(plan, name, [...path, 'approval', 'roles', name], report, 'key');
    if (approval?.roles && namesOf(approval.roles).length === 0) {
      report([...path, 'approval', 'roles'], {
        code: 'PG109',
        message: 'an approval without roles asks nobody',
        hint: 'write for example roles: { engineering-lead: 1 }',
        at: 'key',
      });
    }
    role(plan, approval?.escalate?.to, [...path, 'approval', 'escalate', 'to'], report);
  }
  (plan.waivers?.roles ?? []).forEach((name, index) => role(plan, name, ['waivers', 'roles', index], report));
  rollbackMetrics(plan, report);
  for (const { path, value } of checksOf(plan)) {
    if (value.stable && path[0] === 'rollback') {
      report([...path, 'stable'], {
        code: 'PG111',
        message: 'a stable check cannot follow a rollback',
        hint: 'use http, command or metric here',
        at: 'key',
      });
    }
  }
};

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
    else if (metric.target === undefined || metric.target === monitoringOnly) {
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
    if (plan.metrics?.[name]?.target === undefined || plan.metrics[name].target === monitoringOnly) {
      report(['metrics', name], {
        code: 'PG110',
        message: `${name} is red but has no target to be back inside after a rollback`,
        hint: 'give it a target, or name other metrics under rollback',
        at: 'key',
      });
    }
  }
}
