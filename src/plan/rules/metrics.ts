import { monitoringOnly } from '../document/plan-document.js';
import type { MetricDocument } from '../document/plan-document.js';
import { domainOf, intersection, intervalOf, isEmpty, isWithin } from '../language/interval.js';
import type { Interval } from '../language/interval.js';
import { parseThreshold } from '../language/threshold.js';
import type { Finding } from '../loading/fault.js';
import type { Loose } from '../loading/loose.js';
import type { PlanRule } from './rule.js';
import { namesOf } from './walk.js';

type Threshold = 'target' | 'warning' | 'critical';

export interface ThresholdFinding {
  key: Threshold;
  finding: Finding;
}

/** Thresholds are in the unit of their metric, leave something possible, and get worse from target to critical. */
export const metricRules: PlanRule = (plan, report) => {
  for (const name of namesOf(plan.metrics)) {
    const metric = plan.metrics?.[name];
    if (!metric) continue;
    for (const { key, finding } of thresholdFindings(metric)) report(['metrics', name, key], finding);
  }
};

/** What is wrong with the thresholds of a metric, at most one finding each. */
export function thresholdFindings(metric: Loose<MetricDocument>): ThresholdFinding[] {
  const findings: ThresholdFinding[] = [];
  const add = (key: Threshold, code: Finding['code'], message: string, hint: string): void => {
    if (!findings.some((found) => found.key === key)) findings.push({ key, finding: { code, message, hint } });
  };
  const read = (key: Threshold): Interval | undefined => {
    const text = metric[key];
    if (text === undefined || metric.unit === undefined || text === monitoringOnly) return undefined;
    const bound = parseThreshold(text, metric.unit);
    if (!bound.ok) {
      add(key, 'PG104', bound.problem, bound.hint);
      return undefined;
    }
    const interval = intervalOf(bound.value);
    if (!isEmpty(intersection(interval, domainOf(metric.unit)))) return interval;
    const message = `no value of a ${metric.unit} metric can be ${text}`;
    add(key, 'PG115', message, 'turn the operator around, or change the value');
    return undefined;
  };

  const target = read('target');
  const warning = read('warning');
  const critical = read('critical');
  for (const [key, bad] of [
    ['warning', warning],
    ['critical', critical],
  ] as const) {
    if (!target || !bad || isEmpty(intersection(target, bad))) continue;
    const message = `a value can be inside the target ${metric.target} and in ${key} ${metric[key]} at once`;
    add(key, 'PG115', message, `${key} lies on the other side of the target: turn the operator around`);
  }
  if (warning && critical && !isWithin(critical, warning)) {
    const message = `critical ${metric.critical} is not beyond warning ${metric.warning}`;
    add('critical', 'PG115', message, 'exchange the two, or correct one');
  }
  return findings;
}
