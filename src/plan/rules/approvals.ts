import { parseDuration } from '../language/duration.js';
import { sure } from '../language/understood.js';
import type { Path } from '../loading/fault.js';
import type { PlanRule, Report } from './rule.js';
import { approvalsOf, attestsOf } from './walk.js';

const defaultExpiry = '24h';

/** Reminders and escalations come before an approval expires, or they would never come. */
export const approvalRules: PlanRule = (plan, report) => {
  for (const { path, value: approval } of approvalsOf(plan)) {
    const expires = approval.expires ?? defaultExpiry;
    const after = approval.escalate?.after;
    inTime(report, [...path, 'remind-every'], approval['remind-every'], 'the approval', expires);
    inTime(report, [...path, 'escalate', 'after'], after, 'the approval', expires);
  }
  for (const { path, value } of attestsOf(plan)) {
    inTime(report, [...path, 'remind-every'], value['remind-every'], 'the item', value.expires ?? defaultExpiry);
  }
};

function inTime(report: Report, path: Path, text: string | undefined, what: string, expires: string): void {
  if (text === undefined || sure(parseDuration(text)) < sure(parseDuration(expires))) return;
  report(path, {
    code: 'PG111',
    message: `${text} is not before ${what} expires after ${expires}`,
    hint: 'write a shorter time, or a longer expires',
  });
}
