import type { AlertRoute, Alerts, Incidents, Severity } from '../model.js';
import { patienceMs } from '../patience.js';
import type { IncidentInput } from '../run-input.js';
import { calledText } from '../text/spans.js';
import type { Trouble } from '../trouble.js';
import { specOf } from './classify.js';
import type { IncidentState } from './course.js';

type Escalation = AlertRoute['escalate'];
type Asked = Pick<IncidentInput, 'incidents' | 'severity' | 'alert'>;
type Called = Pick<IncidentState, 'openedAt' | 'escalatedAt' | 'alertEscalatedAt' | 'calls' | 'calledAt'>;

/**
 * How a critical alert escalates whose page is that of an incident, where that is before the incident does: neither may make
 * the other late. One of severity 3 calls as a warning does, and has no critical alert on its page.
 */
export function escalationOfAlert(
  { alerts, incidents }: { alerts?: Alerts | undefined; incidents: Incidents },
  { severity, level }: { severity: Severity; level?: Trouble['level'] | undefined }
): Escalation | undefined {
  if (!alerts || level !== 'critical' || severity === 3) return undefined;
  const { escalate } = alerts.routes.critical;
  const own = specOf(incidents, severity)?.escalateAfter.ms ?? 0;
  return escalate.to.length > 0 && escalate.after.ms < own ? escalate : undefined;
}

/**
 * When people are called again who did not acknowledge: at the escalation of the critical alert that it comes from, where
 * that is the earlier one, at its own, and ever more rarely from then on.
 */
export function nextCallAt(input: Asked, state: Called): number {
  const spec = specOf(input.incidents, input.severity);
  const firstMs = spec?.respondWithin.ms ?? 0;
  const { openedAt, calledAt, calls } = state;
  const ofAlert = dueEscalation(input, state);
  if (ofAlert) return openedAt + ofAlert.after.ms;
  if (state.escalatedAt === undefined) return openedAt + (spec?.escalateAfter.ms ?? firstMs);
  const before = state.alertEscalatedAt === undefined ? 0 : 1;
  return calledAt + patienceMs(calls - before + 1, firstMs);
}

/** What becomes of an incident by the call that was due, and what its timeline says of that; undefined: nothing new. */
export function callAgain(input: Asked, state: Called, now: number): string | undefined {
  const ofAlert = dueEscalation(input, state);
  const isFirst = state.escalatedAt === undefined || state.calls === 0;
  state.calls += 1;
  state.calledAt = now;
  if (ofAlert) {
    state.alertEscalatedAt = now;
    return `nobody acknowledged it in the time of a critical alert: ${calledText(ofAlert.to)}`;
  }
  state.escalatedAt ??= now;
  if (!isFirst) return undefined;
  return `nobody acknowledged it in time: ${calledText(specOf(input.incidents, input.severity)?.escalateTo ?? [])}`;
}

/** By then most incidents are over, so that nobody who leads one is disturbed. */
const timesToRespond = 4;

/**
 * When those who responded are asked again, who may have fallen asleep over it: ever more rarely, until it is resolved. Undefined
 * while nobody has responded, since people are called then.
 */
export function nextAskedAt(
  { incidents, severity }: Asked,
  { acknowledged, asked }: Pick<IncidentState, 'acknowledged' | 'asked'>
): number | undefined {
  if (!acknowledged) return undefined;
  const { times, at } = asked ?? { times: 0, at: acknowledged.at };
  const respondMs = specOf(incidents, severity)?.respondWithin.ms ?? 0;
  return at + patienceMs(times + 1, timesToRespond * respondMs);
}

/** The escalation of its critical alert, until that has come. */
export function dueEscalation(
  { alert }: Asked,
  { alertEscalatedAt, escalatedAt }: Pick<Called, 'alertEscalatedAt' | 'escalatedAt'>
): Escalation | undefined {
  return alertEscalatedAt === undefined && escalatedAt === undefined ? alert : undefined;
}
