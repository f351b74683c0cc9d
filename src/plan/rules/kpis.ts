import { hintForName } from '../language/suggest.js';
import { parseThreshold } from '../language/threshold.js';
import type { Unit } from '../model.js';
import { unknownMetric } from './criteria.js';
import type { PlanRule } from './rule.js';
import { kpisOf, namesOf } from './walk.js';
import type { KpiAt } from './walk.js';

/** KPIs have names of their own, a target in the unit of what is measured, and somebody to ask where nothing is. */
export const kpiRules: PlanRule = (plan, report) => {
  const seen = new Set<string>();
  for (const { path, value: kpi } of kpisOf(plan)) {
    const { id, metric, take, ask } = kpi;
    if (id !== undefined && seen.has(id))
      report([...path, 'id'], { code: 'PG106', message: `KPI id "${id}" is used twice`, hint: 'give each its own id' });
    if (id !== undefined) seen.add(id);
    if (metric === undefined && take !== undefined) {
      report([...path, 'take'], {
        code: 'PG104',
        message: 'only of a metric something is taken',
        hint: 'leave take out, or name a metric',
        at: 'key',
      });
    }
    if (metric !== undefined && !plan.metrics?.[metric]) unknownMetric(plan, metric, [...path, 'metric'], report);
    const roles = namesOf(plan.roles);
    if (ask?.by !== undefined && !roles.includes(ask.by)) {
      report([...path, 'ask', 'by'], {
        code: 'PG105',
        message: `unknown role "${ask.by}"`,
        hint: hintForName(ask.by, roles, 'declare it under roles'),
      });
    }
    if (ask && (ask.week === undefined) === (ask.month === undefined)) {
      report([...path, 'ask'], {
        code: 'PG104',
        message: 'nobody can tell when this is due',
        hint: 'write week: 2 or month: 3, one of them',
        at: 'key',
      });
    }
    const unit = unitOf(kpi, plan.metrics);
    if (unit === undefined || kpi.target === undefined) continue;
    const target = parseThreshold(kpi.target, unit);
    if (!target.ok) report([...path, 'target'], { code: 'PG104', message: target.problem, hint: target.hint });
  }
};

/** The unit of what a KPI measures; undefined where somebody is asked, or nobody can tell. */
function unitOf(
  { run, metric, take }: KpiAt['value'],
  metrics: Readonly<Record<string, { unit?: Unit | undefined } | undefined>> | undefined
): Unit | undefined {
  if (run !== undefined) return run === 'migrated' ? 'ratio' : 'count';
  if (metric === undefined) return undefined;
  return take === 'change' ? 'ratio' : metrics?.[metric]?.unit;
}
