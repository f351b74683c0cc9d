import { parseDuration } from '../language/duration.js';
import { sure } from '../language/understood.js';
import { shortestEvery } from '../window-defaults.js';
import { unknownMetric } from './criteria.js';
import { twice } from './names.js';
import type { LoosePlan, PlanRule, Report } from './rule.js';
import { namesOf } from './walk.js';
import { causeRulesOf, namesAt, routesOf, templatesOf } from './walk-watch.js';

/** The guard has something to watch, routes tell each once, and templates have alerts to be the words of. */
export const alertRules: PlanRule = (plan, report) => {
  guard(plan, report);
  for (const { path, value } of routesOf(plan)) {
    twice(namesAt(value.channels, [...path, 'channels']), 'channel', report);
    twice(namesAt(value.to, [...path, 'to']), 'recipient', report);
  }
  templates(plan, report);
};

function guard(plan: LoosePlan, report: Report): void {
  if (plan.guard === undefined) return;
  const { every } = plan.guard;
  if (every !== undefined && sure(parseDuration(every)) < shortestEvery) {
    report(['guard', 'every'], {
      code: 'PG110',
      message: `a sample every ${every} is too often`,
      hint: 'write at least 1s',
    });
  }
  // A threshold, or a metric, that has a fault of its own is there all the same.
  const watches = namesOf(plan.metrics).some((name) => {
    const metric = plan.metrics?.[name];
    return metric === undefined || 'warning' in metric || 'critical' in metric;
  });
  if (watches || plan.metrics === undefined || causeRulesOf(plan).length > 0) return;
  report(['guard'], {
    code: 'PG121',
    message: 'the guard has nothing to watch: no metric has a warning or critical threshold',
    hint: 'give the vital metrics thresholds, or leave guard out',
    at: 'key',
  });
}

function templates(plan: LoosePlan, report: Report): void {
  const all = templatesOf(plan);
  twice(
    all.flatMap(({ path, value: { id } }) => (id === undefined ? [] : [{ name: id, path: [...path, 'id'] }])),
    'template',
    report
  );
  const seen = new Map<string, string>();
  for (const { path, value } of all) {
    const { id, metric, level } = value;
    if (metric === undefined || level === undefined) continue;
    const declared = plan.metrics?.[metric];
    if (!declared) unknownMetric(plan, metric, [...path, 'metric'], report);
    else if (!(level in declared)) {
      report([...path, 'level'], {
        code: 'PG121',
        message: `${metric} has no ${level} threshold, so these words are never used`,
        hint: `give ${metric} a ${level} threshold, or leave the template out`,
      });
    }
    const key = `${metric} ${level}`;
    const first = seen.get(key);
    if (first !== undefined) {
      report([...path, 'metric'], {
        code: 'PG106',
        message: `template "${first}" has the words for ${metric} at ${level} already`,
        hint: 'keep one of them',
      });
    } else seen.set(key, id ?? key);
  }
}
