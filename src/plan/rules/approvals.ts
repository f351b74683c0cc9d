import { parseDuration } from '../language/duration.js';
import { sure } from '../language/understood.js';
import type { PlanRule } from './rule.js';
import { phasesOf } from './walk.js';

const defaultExpiry = '24h';

/** Reminders and escalations come before an approval expires, or they would never come. */
export const approvalRules: PlanRule = (plan, report) => {
  for (const { path, value } of phasesOf(plan)) {
    const { approval } = value;
    if (!approval) continue;
    const expires = approval.expires ?? defaultExpiry;
    const late = (text: string | undefined): boolean =>
      text !== undefined && sure(parseDuration(text)) >= sure(parseDuration(expires));
    const finding = (text: string): Parameters<typeof report>[1] => ({
      code: 'PG111',
      message: `${text} is not before the approval expires after ${expires}`,
      hint: 'write a shorter time, or a longer expires',
    });
    if (late(approval['remind-every']))
      report([...path, 'approval', 'remind-every'], finding(approval['remind-every'] ?? ''));
    if (late(approval.escalate?.after))
      report([...path, 'approval', 'escalate', 'after'], finding(approval.escalate?.after ?? ''));
  }
};
