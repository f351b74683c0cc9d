import { monitoringOnly } from '../document/plan-document.js';
import type { MetricDocument } from '../document/plan-document.js';
import { domainOf, intersection, intervalOf, isEmpty, isWithin } from '../language/interval.js';
import type { Interval } from '../language/interval.js';
import { parseThreshold } from '../language/threshold.js';
import type { Path } from '../loading/fault.js';
import type { Loose } from '../loading/loose.js';
import type { PlanRule, Report } from './rule.js';
import { namesOf } from './walk.js';

/** Thresholds are in the unit of their metric, leave something possible, and get worse from target to critical. */
export const metricRules: PlanRule = (plan, report) => {
  for (const name of namesOf(plan.metrics)) {
    const metric = plan.metrics?.[name];
    if (metric) checkThresholds(metric, ['metrics', name], report);
  }
};

function checkThresholds(metric: Loose<MetricDocument>, path: Path, report: Report): void {
  const read = (key: 'target' | 'warning' | 'critical'): Interval | undefined => {
    const text = metric[key];
    if (text === undefined || metric.unit === undefined || text === monitoringOnly) return undefined;
    const bound = parseThreshold(text, metric.unit);
    if (!bound.ok) {
      report([...path, key], { code: 'PG104', message: bound.problem, hint: bound.hint });
      return undefined;
    }
    const interval = intervalOf(bound.value);
    if (isEmpty(intersection(interval, domainOf(metric.unit)))) {
      report([...path, key], {
        code: 'PG115',
        message: `no value of a ${metric.unit} metric can be ${text}`,
        hint: 'turn the operator around, or change the value',
      });
      return undefined;
    }
    return interval;
  };
  const target = read('target');
  const warning = read('warning');
  const critical = read('critical');
  for (const [key, bad] of [
    ['warning', warning],
    ['critical', critical],
  ] as const) {
    if (target && bad && !isEmpty(intersection(target, bad))) {
      report([...path, key], {
        code: 'PG115',
        message: `a value can be inside the target ${metric.target} and in ${key} ${metric[key]} at once`,
        hint: `${key} lies on the other side of the target: turn the operator around`,
      });
    }
  }
  if (warning && critical && !isWithin(critical, warning)) {
    report([...path, 'critical'], {
      code: 'PG115',
      message: `critical ${metric.critical} is not beyond warning ${metric.warning}`,
      hint: 'exchange the two, or correct one',
    });
  }
}
