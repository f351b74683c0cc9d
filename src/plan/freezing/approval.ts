import type { ApprovalDocument } from '../document/plan-document.js';
import type { ApprovalSpec, OnFail } from '../model.js';
import { remindersWithin } from './clock.js';
import type { Clock } from './clock.js';

/** @param onExpiry what happens when nobody answers and the plan does not say it */
export function freezeApproval(approval: ApprovalDocument, clock: Clock, onExpiry: OnFail): ApprovalSpec {
  const { escalate } = approval;
  const expires = clock.forPeople(approval.expires);
  return {
    ...(approval.title === undefined ? {} : { title: approval.title }),
    roles: approval.roles,
    ...(approval.needs === 'any' ? { needs: approval.needs } : {}),
    expires,
    onExpiry: approval['on-expiry'] ?? onExpiry,
    allowStarter: approval['allow-starter'],
    remindEvery: remindersWithin(clock, expires, approval['remind-every']),
    ...(escalate ? { escalate: { after: clock.within(expires, escalate.after), to: escalate.to } } : {}),
  };
}
