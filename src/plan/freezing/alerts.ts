import type { AlertRouteDocument, AlertsDocument, GuardDocument } from '../document/plan-document.js';
import type { AlertRoute, Alerts, GuardSpec, Metric } from '../model.js';
import type { Clock } from './clock.js';
import { withoutUndefined } from './criteria.js';

/** What a plan gets that has something to watch and does not say how. */
const plainGuard: GuardDocument = {
  every: '15s',
  'in-a-row': 2,
  'recovered-in-a-row': 4,
  'missing-in-a-row': 3,
};

/**
 * The watch over what has a threshold here, or makes an incident; undefined where nothing does.
 *
 * @param asked names of the metrics that causes of incidents ask about
 * @param isRead whether the environment says how a metric is read
 */
export function freezeGuard(
  document: GuardDocument = plainGuard,
  metrics: Readonly<Record<string, Metric>>,
  asked: ReadonlySet<string>,
  isRead: (metric: string) => boolean,
  clock: Clock
): GuardSpec | undefined {
  const watched = Object.values(metrics)
    .filter(({ name, warning, critical }) => warning ?? critical ?? asked.has(name))
    .map(({ name }) => name)
    .filter(isRead);
  if (watched.length === 0) return undefined;
  return {
    every: clock.every(document.every),
    inARow: document['in-a-row'],
    recoveredInARow: document['recovered-in-a-row'],
    missingInARow: document['missing-in-a-row'],
    metrics: watched,
  };
}

export function freezeAlerts({ routes, templates }: AlertsDocument, clock: Clock): Alerts {
  return {
    routes: { critical: freezeRoute(routes.critical, clock), warning: freezeRoute(routes.warning, clock) },
    templates: templates.map((template) => withoutUndefined(template)),
  };
}

function freezeRoute(
  { channels, to, escalate, 'remind-every': remindEvery }: AlertRouteDocument,
  clock: Clock
): AlertRoute {
  return {
    channels,
    to,
    escalate: { after: clock.forPeople(escalate.after), to: escalate.to },
    remindEvery: clock.forPeople(remindEvery),
  };
}
