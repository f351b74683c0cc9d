import type { PlanDocument } from '../document/plan-document.js';
import type { Environment, Plan } from '../model.js';
import type { Report } from '../rules/rule.js';
import { phaseOpening } from '../schedule.js';

/**
 * Whether each phase has a day left to start on, if the run started now. Behind checklists, whose end is the first of the
 * days, nobody knows when that is: there it is a warning.
 */
export function checkDays(
  document: PlanDocument,
  { plan, environment }: { plan: Plan; environment: Environment },
  startAt: number,
  report: Report
): void {
  const { blackouts = [], timeZone, compression } = environment;
  const before = document['pre-deployment'] !== undefined;
  for (const [index, { id }] of document.phases.entries()) {
    const schedule = plan.phases.find((phase) => phase.id === id)?.schedule;
    if (!schedule) continue;
    const { closed } = phaseOpening({
      schedule,
      blackouts,
      runStartedAt: startAt,
      timeZone,
      askedAt: startAt,
      ...(compression ? { compression } : {}),
    });
    if (closed === undefined) continue;
    // Only a phase's own schedule has days, and nothing else closes for good.
    report(['phases', index, 'schedule'], {
      ...(before ? { severity: 'warning' } : {}),
      code: 'PG119',
      message: `if ${before ? 'the checklists were closed' : 'the run started'} now, ${id} could never start: ${closed}`,
      hint: `${before ? 'close them' : 'start'} on another day, or change its schedule or the blackouts`,
      at: 'key',
    });
  }
}
