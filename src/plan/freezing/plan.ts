import type {
  PhaseDocument,
  PlanDocument,
  PreDeploymentDocument,
  StandingDocument,
} from '../document/plan-document.js';
import { preDeploymentId } from '../names.js';
import type { CauseRule, Criterion, Kpi, Phase, Plan, RollbackSpec, Standing, WindowSpec } from '../model.js';
import { dependencies, inDependencyOrder } from '../rules/order.js';
import { freezeCheckStep, freezeItem } from './checks.js';
import { freezeCleanup } from './cleanup.js';
import type { Context } from './checks.js';
import { freezeAlerts, freezeGuard } from './alerts.js';
import { freezeApproval } from './approval.js';
import type { Clock } from './clock.js';
import { freezeCriteria, freezeMetrics, targetCriterion, withoutDuration, withoutUndefined } from './criteria.js';
import { freezeIncidents, rulesOf } from './incidents.js';
import { freezeKpi } from './kpis.js';
import { freezeSchedule } from './schedule.js';
import { freezeStep } from './steps.js';
import { freezeValidation } from './validation.js';
import { freezeWindow, lengthOf, plainOptions } from './windows.js';

/**
 * The plan in the time of an environment. The document has no faults, and its templates are filled.
 *
 * @param isRead whether the environment says how a metric is read
 */
export function freezePlan(document: PlanDocument, clock: Clock, isRead: (metric: string) => boolean): Plan {
  const metrics = freezeMetrics(document.metrics);
  const criteriaOf = (phase: PhaseDocument): Criterion[] => {
    const { success } = phase;
    return success === undefined ? [] : freezeCriteria(Array.isArray(success) ? success : success.criteria, metrics);
  };
  const successOf = new Map(document.phases.map((phase) => [phase.id, criteriaOf(phase)]));
  const context: Context = { clock, metrics, successOf, onFail: 'rollback' };
  const after = dependencies(document.phases);
  const phases = new Map(
    document.phases.map((phase) => [
      phase.id,
      {
        ...freezePhase(phase, after.get(phase.id) ?? [], context),
        ...freezeSchedule(phase.schedule, document.schedule),
      },
    ])
  );
  const order = inDependencyOrder(after);
  const stages = freezeValidation(document.validation, order.at(-1) ?? '', context);
  const first = phases.get(order[0] ?? '');
  const kpis = document.kpis?.map((kpi) => freezeKpi(kpi, metrics)) ?? [];
  const incidents = document.incidents && freezeIncidents(document.incidents, metrics, clock);
  const rules = rulesOf(incidents);
  const guard = freezeGuard(document.guard, metrics, new Set(rules.map(({ metric }) => metric)), isRead, clock);
  const compared = comparedLater(stages, rules);
  const noted = comparedByKpis(kpis).filter((metric) => !compared.includes(metric));
  const cleanup = freezeCleanup(document.cleanup, kpis, context);
  if (first && compared.length > 0) first.baselineFor = compared;
  if (first && noted.length > 0) first.baselineNoted = noted;
  return {
    id: document.id,
    title: document.title,
    description: document.description,
    ...(document.document ? { document: freezeStanding(document.document) } : {}),
    roles: document.roles,
    ...(Object.keys(document.groups).length > 0 ? { groups: document.groups } : {}),
    metrics,
    phases: [
      ...freezePreDeployment(document['pre-deployment'], context),
      ...order.flatMap((id) => phases.get(id) ?? []),
      ...stages,
    ],
    ...(kpis.length > 0 ? { kpis } : {}),
    hold: { deadline: clock.forPeople(document.hold?.deadline ?? '30m'), then: document.hold?.then ?? 'rollback' },
    rollback: freezeRollback(document, context),
    waivers: document.waivers?.roles ?? [],
    ...(cleanup ? { cleanup } : {}),
    ...(guard ? { guard } : {}),
    ...(document.alerts ? { alerts: freezeAlerts(document.alerts, clock) } : {}),
    ...(incidents ? { incidents } : {}),
  };
}

/** Metrics that stages, or rules of incidents, compare with what was before the first change of all. */
function comparedLater(stages: readonly Phase[], rules: readonly CauseRule[]): string[] {
  const criteria = stages.flatMap(({ before }) =>
    before.flatMap((item) => (item.kind === 'watch' ? item.window.criteria : []))
  );
  const slower = rules.filter((rule) => 'slower' in rule);
  return [...new Set([...criteria.filter(({ baseline }) => baseline), ...slower].map(({ metric }) => metric))];
}

function comparedByKpis(kpis: readonly Kpi[]): string[] {
  const compared = kpis.flatMap((kpi) => (kpi.kind === 'metric' && kpi.take === 'change' ? [kpi.metric] : []));
  return [...new Set(compared)];
}

function freezeStanding({ status, owner, updated, approval, 'next-review': nextReview }: StandingDocument): Standing {
  const { role, by, on } = approval;
  return {
    status,
    owner,
    updated,
    approval: { role, ...withoutUndefined({ by, on }) },
    ...withoutUndefined({ nextReview }),
  };
}

function freezePhase(document: PhaseDocument, after: string[], context: Context): Phase {
  const { success, approval } = document;
  const criteria = context.successOf.get(document.id) ?? [];
  const soak = freezeSoak(document.soak, criteria, context);
  return {
    id: document.id,
    title: document.title,
    after,
    before: document.before.map((item) => freezeItem(item, context)),
    steps: document.steps.map((step) => freezeStep(step, criteria, context)),
    ...(success ? { success: freezeSuccess(success, [...criteria], context.clock) } : {}),
    successChecks: success && !Array.isArray(success) ? success.checks.map((item) => freezeItem(item, context)) : [],
    ...(approval ? { approval: freezeApproval(approval, context.clock, 'rollback') } : {}),
    ...(soak ? { soak } : {}),
  };
}

function freezePreDeployment(document: PreDeploymentDocument | undefined, context: Context): Phase[] {
  if (!document) return [];
  const { title, checklists, approval } = document;
  const lists = checklists.map((list) => ({
    ...list,
    items: list.items.map((item) => freezeItem(item, { ...context, onFail: 'hold' })),
  }));
  return [
    {
      id: preDeploymentId,
      title,
      checklists: lists.map((list) => ({ id: list.id, title: list.title, items: list.items.map((item) => item.id) })),
      after: [],
      before: lists.flatMap((list) => list.items),
      steps: [],
      successChecks: [],
      ...(approval ? { approval: freezeApproval(approval, context.clock, 'hold') } : {}),
    },
  ];
}

function freezeSuccess(
  success: NonNullable<PhaseDocument['success']>,
  criteria: Criterion[],
  clock: Clock
): WindowSpec {
  if (Array.isArray(success))
    return freezeWindow(clock, 'window', lengthOf(undefined, success), plainOptions, criteria);
  return freezeWindow(clock, 'window', lengthOf(success.for, success.criteria), success, criteria);
}

function freezeSoak(
  soak: PhaseDocument['soak'],
  success: readonly Criterion[],
  { clock, metrics }: Context
): WindowSpec | undefined {
  if (soak === undefined) return undefined;
  if (typeof soak === 'string') return freezeWindow(clock, 'long', soak, plainOptions, withoutDuration(success));
  const criteria = soak.criteria ? freezeCriteria(soak.criteria, metrics) : withoutDuration(success);
  return freezeWindow(clock, 'long', soak.for, soak, criteria);
}

function freezeRollback(document: PlanDocument, context: Context): RollbackSpec {
  const { rollback } = document;
  const red = Object.values(context.metrics).filter((metric) => metric.priority === 'red');
  const metrics = rollback?.metrics ?? red.map((metric) => metric.name);
  const criteria = metrics.map((name) => targetCriterion(name, context.metrics));
  const options = rollback ?? { ...plainOptions, deadline: '30m' };
  return {
    metrics,
    window: freezeWindow(context.clock, 'window', rollback?.for ?? '5m', options, criteria),
    checks: (rollback?.checks ?? []).map((item) => freezeCheckStep(item.check, context)),
  };
}
