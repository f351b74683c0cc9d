import type { CauseDocument, IncidentsDocument, SeverityDocument, WarRoomDocument } from '../document/plan-document.js';
import { parseCauseRule } from '../language/cause-rule.js';
import { parseThreshold } from '../language/threshold.js';
import { sure } from '../language/understood.js';
import type { CauseRule, IncidentCause, Incidents, Metric, SeveritySpec, WarRoomSpec } from '../model.js';
import { remindersWithin } from './clock.js';
import type { Clock } from './clock.js';

type Metrics = Readonly<Record<string, Metric>>;

/** How incidents are answered, in the time of the environment and with the worst severity first. */
export function freezeIncidents(document: IncidentsDocument, metrics: Metrics, clock: Clock): Incidents {
  const { severities, 'war-room': room, 'post-mortem': owed } = document;
  const within = clock.forPeople(owed.within);
  return {
    severities: severities
      .map((one) => freezeSeverity(one, metrics, clock))
      .toSorted((a, b) => a.severity - b.severity),
    multipleWithin: clock.forPeople(document['multiple-within']),
    ...(room ? { warRoom: freezeWarRoom(room, clock) } : {}),
    postMortem: { within, by: owed.by, remindEvery: remindersWithin(clock, within, owed['remind-every']) },
  };
}

/** The rules by which metrics make incidents. */
export function rulesOf(incidents: Incidents | undefined): CauseRule[] {
  return incidents?.severities.flatMap(({ causes }) => causes.flatMap(({ when }) => when ?? [])) ?? [];
}

function freezeSeverity(document: SeverityDocument, metrics: Metrics, clock: Clock): SeveritySpec {
  const { severity, title, action, reach, 'respond-within': within, 'escalate-to': escalateTo } = document;
  const respondWithin = clock.forPeople(within);
  return {
    severity,
    title,
    respondWithin,
    escalateTo,
    escalateAfter: clock.within(respondWithin, document['escalate-after'] ?? within),
    reach,
    action,
    causes: document.causes.map((cause) => freezeCause(cause, metrics)),
  };
}

function freezeCause(
  { id, title, when, phase, 'notify-users': notifyUsers }: CauseDocument,
  metrics: Metrics
): IncidentCause {
  return {
    id,
    title,
    ...(when === undefined ? {} : { when: freezeRule(when, metrics) }),
    ...(phase === undefined ? {} : { phase }),
    ...(notifyUsers ? { notifyUsers } : {}),
  };
}

function freezeRule(text: string, metrics: Metrics): CauseRule {
  const { metric, level, comparison, slower } = sure(parseCauseRule(text));
  if (level) return { metric, level };
  if (slower) return { metric, slower };
  const unit = metrics[metric]?.unit;
  if (unit === undefined || !comparison) throw new Error(`unchecked cause ${text}`);
  return { metric, bound: sure(parseThreshold(`${comparison.op} ${comparison.value}`, unit)) };
}

function freezeWarRoom(
  { triggers, within, roles, procedure, stakeholders, 'update-every': updateEvery }: WarRoomDocument,
  clock: Clock
): WarRoomSpec {
  return {
    triggers: [...new Set(triggers)],
    within: clock.forPeople(within),
    roles,
    procedure: procedure.map(({ id, title, 'done-by': doneBy }) => ({ id, title, ...(doneBy ? { doneBy } : {}) })),
    updateEvery: clock.forPeople(updateEvery),
    stakeholders,
  };
}
