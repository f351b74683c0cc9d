import type { PlanRule } from './rule.js';
import { flagRemovalsOf } from './walk.js';

/** Whether a flag is read as off can be counted. */
export const cleanupRules: PlanRule = (plan, report) => {
  for (const { path, value } of flagRemovalsOf(plan)) {
    const unit = value.unread === undefined ? undefined : plan.metrics?.[value.unread]?.unit;
    if (unit === undefined || unit === 'count') continue;
    report([...path, 'unread'], {
      code: 'PG454',
      message: `evaluations are counted, but ${value.unread} is in ${unit}`,
      hint: 'name a metric with unit: count',
    });
  }
};
