import { preDeploymentId } from '../names.js';
import { monitoringOnly } from '../document/plan-document.js';
import { domainOf, intersection, intervalOf, isEmpty, isWithin } from '../language/interval.js';
import type { Interval } from '../language/interval.js';
import { hintForName } from '../language/suggest.js';
import { parseThreshold } from '../language/threshold.js';
import { parseCriterion } from '../language/criterion.js';
import { thresholdFindings } from './metrics.js';
import type { LoosePlan, PlanRule, Report } from './rule.js';
import { checksOf, namesOf } from './walk.js';
import { windowsOf } from './windows-of.js';
import type { CriterionAt, WindowAt } from './windows-of.js';

/** Criteria name metrics that are declared and may gate, in their unit, and can be met, also together. */
export const criteriaRules: PlanRule = (plan, report) => {
  for (const window of windowsOf(plan)) {
    const criteria = window.criteria ?? [];
    for (const criterion of criteria) checkCriterion(plan, criterion, report);
    checkTogether(plan, criteria, report);
    checkMinTraffic(plan, window, report);
  }
  for (const { path, value } of checksOf(plan)) {
    const parsed = value.metric === undefined ? undefined : parseCriterion(value.metric);
    if (!parsed?.ok) continue;
    checkCriterion(plan, { path: [...path, 'metric'], criterion: parsed.value }, report);
    if (parsed.value.for !== undefined) {
      report([...path, 'metric'], {
        code: 'PG104',
        message: 'a metric check is one reading and holds for no time',
        hint: 'use a watch step for a window',
      });
    }
    const isBeforeBaseline = path[0] === 'rollback' || path[0] === preDeploymentId || path[2] === 'before';
    if (parsed.value.baseline && isBeforeBaseline) {
      report([...path, 'metric'], {
        code: 'PG115',
        message: 'here is no baseline: it is captured after the checks before a phase, for this phase alone',
        hint: 'write an absolute bound, or compare among the steps or in the success criteria',
      });
    }
  }
};

function checkCriterion(plan: LoosePlan, { path, criterion, increase }: CriterionAt, report: Report): void {
  const metric = plan.metrics?.[criterion.metric];
  if (!metric) {
    unknownMetric(plan, criterion.metric, path, report);
    return;
  }
  if (metric.target === monitoringOnly) {
    report(path, {
      code: 'PG110',
      message: `${criterion.metric} is for monitoring only and never gates`,
      hint: 'judge another metric, or give it a target',
    });
  }
  if (criterion.baseline && increase) {
    report(path, {
      code: 'PG104',
      message: 'a value is compared with the baseline, never an increase',
      hint: 'leave increase out, or write an absolute bound',
    });
  }
  const passing = passingValues(plan, criterion);
  if (passing === undefined || metric.unit === undefined) {
    reportUnit(plan, criterion, path, report);
    return;
  }
  if (isEmpty(intersection(passing, domainOf(metric.unit)))) {
    report(path, {
      code: 'PG115',
      message: `no value of a ${metric.unit} metric meets this`,
      hint: 'turn the operator around, or change the value',
    });
    return;
  }
  if (isWithin(domainOf(metric.unit), passing)) {
    report(path, {
      code: 'PG115',
      message: `every value of a ${metric.unit} metric meets this`,
      hint: 'turn the operator around, or change the value',
    });
  }
  const isSound = thresholdFindings(metric).length === 0;
  const critical = metric.critical === undefined || !isSound ? undefined : parseThreshold(metric.critical, metric.unit);
  if (critical?.ok && isWithin(passing, intervalOf(critical.value))) {
    report(path, {
      code: 'PG115',
      message: `every value that meets this is critical (${metric.critical})`,
      hint: 'compare it with the thresholds of the metric',
    });
  }
}

function reportUnit(
  plan: LoosePlan,
  criterion: CriterionAt['criterion'],
  path: CriterionAt['path'],
  report: Report
): void {
  const unit = plan.metrics?.[criterion.metric]?.unit;
  if (!criterion.comparison || unit === undefined) return;
  const { op, value } = criterion.comparison;
  const bound = parseThreshold(`${op} ${value}`, unit);
  if (!bound.ok) report(path, { code: 'PG104', message: bound.problem, hint: bound.hint });
}

function passingValues(plan: LoosePlan, criterion: CriterionAt['criterion']): Interval | undefined {
  const unit = plan.metrics?.[criterion.metric]?.unit;
  if (!criterion.comparison || unit === undefined) return undefined;
  const bound = parseThreshold(`${criterion.comparison.op} ${criterion.comparison.value}`, unit);
  return bound.ok ? intervalOf(bound.value) : undefined;
}

/** Two criteria on one metric must leave a value that meets both. */
function checkTogether(plan: LoosePlan, criteria: readonly CriterionAt[], report: Report): void {
  const seen = new Map<string, Interval>();
  for (const { path, criterion } of criteria) {
    const passing = passingValues(plan, criterion);
    if (!passing) continue;
    const before = seen.get(criterion.metric);
    const both = before ? intersection(before, passing) : passing;
    if (before && isEmpty(both) && !isEmpty(before)) {
      report(path, {
        code: 'PG115',
        message: `no value of ${criterion.metric} meets this and the criterion above`,
        hint: 'keep one of them',
      });
    }
    seen.set(criterion.metric, both);
  }
}

function checkMinTraffic(plan: LoosePlan, window: WindowAt, report: Report): void {
  if (window.minTraffic === undefined) return;
  const path = [...window.path, 'min-traffic', 'metric'];
  const metric = plan.metrics?.[window.minTraffic];
  if (!metric) unknownMetric(plan, window.minTraffic, path, report);
  else if (metric.unit !== undefined && metric.unit !== 'count') {
    report(path, {
      code: 'PG104',
      message: `traffic is counted, but ${window.minTraffic} is in ${metric.unit}`,
      hint: 'name a metric with unit: count',
    });
  }
}

export function unknownMetric(plan: LoosePlan, name: string, path: CriterionAt['path'], report: Report): void {
  const known = namesOf(plan.metrics);
  // What is declared but has faults of its own was reported there: a metric, or all of them.
  if (plan.metrics === undefined || known.includes(name)) return;
  report(path, {
    code: 'PG105',
    message: `unknown metric "${name}"`,
    hint: hintForName(name, known, 'declare it under metrics'),
  });
}
