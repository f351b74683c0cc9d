import { patched } from '@temporalio/workflow';
import { findCause, specOf } from '../../plan/incidents/classify.js';
import type { Objection } from '../../plan/gate-rules.js';
import type { Incidents } from '../../plan/model.js';
import { rulesOf, troubleOfCause } from '../../plan/guard/pages.js';
import { watchedCauses } from '../../plan/guard/status.js';
import { incidentAddressOf } from '../../plan/names.js';
import { rollbackLine } from '../../plan/text/command-lines.js';
import { oneOf } from '../../plan/text/spans.js';
import type { Answer, Message } from '../../plan/wire.js';
import { refused } from '../messages.js';
import type { Alarm, IncidentDesk } from './incidents.js';
import type { MigrationRecord } from './record.js';

/** Anybody of the environment may declare an incident, as anybody may ask for a rollback. */
export function listenToDeclarations(record: MigrationRecord, desk: IncidentDesk): void {
  record.inbox.on('declare', {
    check: (message) => objection(record, desk, message),
    take: async (message) => {
      const found = objection(record, desk, message);
      if (found) throw refused(found);
      const alarm = alarmOf(record, message);
      const same = desk.openForDeclared(alarm);
      if (same) {
        const then = alarm.customer === true ? desk.escalate(same.number) : undefined;
        const message = `${incidentAddressOf(same.number)} is open for it: ${same.title}`;
        return then === undefined ? { message, repeated: true } : { message: `${message}; ${then}`, repeated: false };
      }
      const seen = seenByGuard(record, alarm);
      const opened = await desk.raise(seen && patched('declared-as-the-guard-sees-it') ? { ...alarm, ...seen } : alarm);
      return answer(record, opened ? incidentAddressOf(opened.number) : 'no incident', alarm);
    },
  });
}

function answer({ frozen, goesBack }: MigrationRecord, address: string, { severity }: Alarm): Answer {
  const reach = frozen.plan.incidents && specOf(frozen.plan.incidents, severity)?.reach;
  const then = {
    all: 'everything is taken back now, newest phase first',
    component: goesBack
      ? 'the run is going back already'
      : 'the run is on hold until somebody resolves it, or asks for a rollback',
    none: 'the run goes on',
  }[reach ?? 'none'];
  return { message: `${address} is open, severity ${severity}; ${then}`, repeated: false };
}

function objection(record: MigrationRecord, desk: IncidentDesk, message: Message<'declare'>): Objection | undefined {
  const { incidents, phases } = record.frozen.plan;
  if (record.hasEnded)
    return {
      code: 'PG213',
      reason: `this run has ended, so it opens no incident any more: what it changed can be taken back with: ${rollbackLine(record.run.workflowId)}`,
    };
  if (!incidents) return { code: 'PG220', reason: 'the plan of this run has no incidents' };
  const unknown = unknownWords(
    incidents,
    phases.map(({ id }) => id),
    message
  );
  if (unknown || !desk.isFull(alarmOf(record, message).severity)) return unknown;
  return { code: 'PG226', reason: 'too many incidents are open: resolve one of them first' };
}

function unknownWords(incidents: Incidents, phases: string[], message: Message<'declare'>): Objection | undefined {
  const { severity, cause, phase } = message;
  const unknown = (reason: string): Objection => ({ code: 'PG221', reason });
  if (phase !== undefined && !phases.includes(phase.toLowerCase()))
    return unknown(`"${phase}" is no phase of the plan: ${phases.join(', ')}`);
  if (cause === undefined)
    return severity === undefined ? unknown('say which severity, or which cause of the plan') : undefined;
  const found = findCause(incidents, cause);
  if (!found) {
    const causes = incidents.severities.flatMap((spec) => spec.causes.map(({ id }) => id));
    return unknown(`"${cause}" is no cause of the plan: ${oneOf(causes)}`);
  }
  if (severity === undefined || severity === found.spec.severity) return undefined;
  return unknown(`the plan has "${cause}" as severity ${found.spec.severity}, not ${severity}`);
}

function alarmOf(record: MigrationRecord, message: Message<'declare'>): Alarm {
  const { by, reason, cause, severity, phase, customer } = message;
  const found =
    cause === undefined || !record.frozen.plan.incidents ? undefined : findCause(record.frozen.plan.incidents, cause);
  return {
    // Without a cause, only the same words of the same person are the same trouble.
    key: found ? `cause/${found.cause.id}` : `declared/${by}/${reason}`,
    severity: found?.spec.severity ?? severity ?? 1,
    title: found?.cause.title ?? reason.slice(0, 120),
    reason,
    source: 'person',
    by,
    cause: found?.cause.id,
    phase: phase?.toLowerCase(),
    customer: customer === true,
  };
}

/**
 * What the guard would say of the same: its alert calls people under the page of this incident, which escalates for both. Undefined
 * where the guard does not see it, or everything goes back for it.
 */
function seenByGuard({ frozen }: MigrationRecord, alarm: Alarm): Pick<Alarm, 'page' | 'level'> | undefined {
  const { incidents, guard } = frozen.plan;
  const rules = rulesOf(frozen.plan);
  const watched = guard && watchedCauses(rules).find(({ id }) => id === alarm.cause);
  if (!watched || (incidents && specOf(incidents, alarm.severity)?.reach === 'all')) return undefined;
  const { id: cause, when } = watched;
  const { dedupKey: page, level } = troubleOfCause(rules, { cause, metric: when.metric, reason: alarm.reason, at: 0 });
  return { page, level };
}
