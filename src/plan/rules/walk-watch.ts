import { parseCauseRule } from '../language/cause-rule.js';
import type { CauseText } from '../language/cause-rule.js';
import type {
  AlertRouteDocument,
  AlertTemplateDocument,
  CauseDocument,
  SeverityDocument,
} from '../document/plan-document.js';
import type { Path } from '../loading/fault.js';
import type { AlertLevel } from '../model.js';
import type { LoosePlan } from './rule.js';
import { listOf } from './walk.js';
import type { At } from './walk.js';

export type RouteAt = At<AlertRouteDocument> & { level: AlertLevel };

/** The routes of alerts, with their places. */
export function routesOf(plan: LoosePlan): RouteAt[] {
  return (['critical', 'warning'] as const).flatMap((level) => {
    const value = plan.alerts?.routes?.[level];
    return value === undefined ? [] : [{ level, path: ['alerts', 'routes', level], value }];
  });
}

export function templatesOf(plan: LoosePlan): Array<At<AlertTemplateDocument>> {
  return listOf<AlertTemplateDocument>(plan.alerts?.templates, ['alerts', 'templates']);
}

export function severitiesOf(plan: LoosePlan): Array<At<SeverityDocument>> {
  return listOf<SeverityDocument>(plan.incidents?.severities, ['incidents', 'severities']);
}

export function causesOf(plan: LoosePlan): Array<At<CauseDocument>> {
  return severitiesOf(plan).flatMap(({ path, value }) => listOf<CauseDocument>(value.causes, [...path, 'causes']));
}

/** The rules by which metrics make incidents. */
export function causeRulesOf(plan: LoosePlan): Array<{ path: Path; rule: CauseText }> {
  return causesOf(plan).flatMap(({ path, value }) => {
    const parsed = value.when === undefined ? undefined : parseCauseRule(value.when);
    return parsed?.ok ? [{ path: [...path, 'when'], rule: parsed.value }] : [];
  });
}

export interface NameAt {
  name: string;
  path: Path;
}

/** Every role and group that is told of an alert or an incident. */
export function recipientsOf(plan: LoosePlan): NameAt[] {
  return [
    ...routesOf(plan).flatMap(({ path, value }) => [
      ...namesAt(value.to, [...path, 'to']),
      ...namesAt(value.escalate?.to, [...path, 'escalate', 'to']),
    ]),
    ...severitiesOf(plan).flatMap(({ path, value }) => namesAt(value['escalate-to'], [...path, 'escalate-to'])),
    ...namesAt(plan.incidents?.['war-room']?.stakeholders, ['incidents', 'war-room', 'stakeholders']),
  ];
}

/** The roles whose people lead an incident: those of the war room, and the one that owes the post-mortem. */
export function leadersOf(plan: LoosePlan): NameAt[] {
  const { 'war-room': room, 'post-mortem': owed } = plan.incidents ?? {};
  const roles = listOf<{ role: string }>(room?.roles, ['incidents', 'war-room', 'roles']).flatMap(({ path, value }) =>
    value.role === undefined ? [] : [{ name: value.role, path: [...path, 'role'] }]
  );
  return [...roles, ...(owed?.by === undefined ? [] : [{ name: owed.by, path: ['incidents', 'post-mortem', 'by'] }])];
}

/** The sound names of a list, each with its place. */
export function namesAt(names: ReadonlyArray<string | undefined> | undefined, path: Path): NameAt[] {
  return (names ?? []).flatMap((name, index) => (name === undefined ? [] : [{ name, path: [...path, index] }]));
}
