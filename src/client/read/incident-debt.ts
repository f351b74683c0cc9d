import { specOf } from '../../plan/incidents/classify.js';
import { incidentDebt, type IncidentDebt } from '../../plan/incidents/owed.js';
import type { FrozenPlan } from '../../plan/model.js';
import type { IncidentStatus } from '../../plan/watch-status.js';

/** Who owes an incident what until when, as its status and the run's plan tell. */
export function owedFor(incident: IncidentStatus, { plan, environment }: FrozenPlan): IncidentDebt | undefined {
  const spec = plan.incidents && specOf(plan.incidents, incident.severity);
  return incidentDebt(incident, environment, spec?.escalateTo ?? []);
}
