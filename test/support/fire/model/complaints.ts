import type { Account, Course, Promised } from './account.js';
import { commandComplaints } from './commands.js';
import { lookComplaints } from './looks.js';
import { orderComplaints } from './order.js';
import { repeatComplaints } from './repeats.js';
import { sampleComplaints } from './samples.js';
import { stateComplaints } from './states.js';
import { verificationComplaints } from './verification.js';

/**
 * What is wrong with how a run ended: same end as undisturbed, nothing applied twice, no original state forgotten,
 * everything undone in reverse and measured afterwards, no sample and no look of a guard lost. No complaint is the model's yes; an account with holes never gets it.
 */
export function complaints(course: Course, account: Account, promised: Promised): string[] {
  return [
    ...account.holes.map((hole) => `the account is not complete: ${hole}`),
    ...stateComplaints(course, account, promised),
    ...repeatComplaints(course, account),
    ...commandComplaints(course, account, promised),
    ...(promised.end === 'rolled back' ? orderComplaints(course, account, promised) : []),
    ...(promised.end === 'rolled back' ? verificationComplaints(course, account) : []),
    ...sampleComplaints(course, account, promised),
    ...lookComplaints(course, account),
  ];
}
