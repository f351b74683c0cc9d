import { monitoringOnly } from '../document/plan-document.js';
import { parseDuration } from '../language/duration.js';
import { domainOf, intersection, intervalOf, isEmpty } from '../language/interval.js';
import { hintForName } from '../language/suggest.js';
import { parseThreshold } from '../language/threshold.js';
import { sure } from '../language/understood.js';
import { unknownMetric } from './criteria.js';
import { twice } from './names.js';
import type { LoosePlan, PlanRule, Report } from './rule.js';
import { listOf, phasesOf } from './walk.js';
import { causeRulesOf, causesOf, severitiesOf } from './walk-watch.js';
import type { NameAt } from './walk-watch.js';

const severities = [1, 2, 3] as const;

/** Three severities, whose causes can come about and which are escalated in time; a war room whose parts have names. */
export const incidentRules: PlanRule = (plan, report) => {
  if (plan.incidents === undefined) return;
  everySeverity(plan, report);
  twice(idsOf(causesOf(plan)), 'cause', report);
  for (const { path, value } of severitiesOf(plan)) {
    const { 'respond-within': within, 'escalate-after': after } = value;
    if (within === undefined || after === undefined || ms(after) <= ms(within)) continue;
    report([...path, 'escalate-after'], {
      code: 'PG122',
      message: `${after} is after the response was due, within ${within}`,
      hint: `write at most ${within}`,
    });
  }
  for (const cause of causeRulesOf(plan)) checkCause(plan, cause, report);
  phasesOfCauses(plan, report);
  const { 'war-room': room, 'post-mortem': owed } = plan.incidents;
  twice(idsOf(listOf<{ id: string }>(room?.roles, ['incidents', 'war-room', 'roles'])), 'part', report);
  twice(idsOf(listOf<{ id: string }>(room?.procedure, ['incidents', 'war-room', 'procedure'])), 'step', report);
  activeInTime(room?.procedure?.[0]?.['done-by'], report);
  const { within, 'remind-every': remind } = owed ?? {};
  if (within !== undefined && remind !== undefined && ms(remind) >= ms(within)) {
    report(['incidents', 'post-mortem', 'remind-every'], {
      code: 'PG122',
      message: `${remind} is not before the post-mortem is due, within ${within}`,
      hint: 'write a shorter time',
    });
  }
};

/** A room is active when its first step is done: one that only comes of the end would always be late. */
function activeInTime(firstDoneBy: string | undefined, report: Report): void {
  if (firstDoneBy === undefined) return;
  report(['incidents', 'war-room', 'procedure', 0, 'done-by'], {
    code: 'PG121',
    message: `the first step is ticked off by the ${firstDoneBy}, so the war room could never be active in time`,
    hint: 'put a step before it that a person ticks off, for example "Assess the situation"',
  });
}

/** A cause names a phase of the plan; one that has a fault may be the one that is meant. */
function phasesOfCauses(plan: LoosePlan, report: Report): void {
  const phases = phasesOf(plan);
  const known = phases.flatMap(({ value: { id } }) => id ?? []);
  if (plan.phases === undefined || plan.phases.length !== known.length) return;
  for (const { path, value } of causesOf(plan)) {
    const { id, phase } = value;
    if (phase === undefined || known.includes(phase)) continue;
    report([...path, 'phase'], {
      code: 'PG105',
      message: `${id === undefined ? 'the cause' : `the cause ${id}`} is of an unknown phase "${phase}"`,
      hint: hintForName(phase, known, 'name a phase of this plan, or leave it out'),
    });
  }
}

function everySeverity(plan: LoosePlan, report: Report): void {
  const listed = plan.incidents?.severities;
  if (listed === undefined) return;
  const there = severitiesOf(plan);
  twice(
    there.flatMap(({ path, value: { severity } }) =>
      severity === undefined ? [] : [{ name: String(severity), path: [...path, 'severity'] }]
    ),
    'severity',
    report
  );
  // One that has a fault may be the one that is missing.
  if (listed.some((one) => one?.severity === undefined)) return;
  const missing = severities.filter((wanted) => !there.some(({ value }) => value.severity === wanted));
  if (missing.length === 0) return;
  report(['incidents', 'severities'], {
    code: 'PG103',
    message: `severity ${missing.join(' and ')} is missing`,
    hint: 'say of 1, 2 and 3 how they are answered; a severity may be without causes',
    at: 'key',
  });
}

function checkCause(plan: LoosePlan, { path, rule }: ReturnType<typeof causeRulesOf>[number], report: Report): void {
  const metric = plan.metrics?.[rule.metric];
  if (!metric) {
    unknownMetric(plan, rule.metric, path, report);
    return;
  }
  const never = (message: string, hint: string): void => report(path, { code: 'PG121', message, hint });
  if (rule.level !== undefined && !(rule.level in metric)) {
    never(
      `${rule.metric} has no ${rule.level} threshold to cross`,
      `give it one, or write a bound, for example "${rule.metric} ${metric.unit === 'ratio' ? '< 50%' : '> 0'}"`
    );
  }
  if (metric.unit === undefined) return;
  if (rule.slower && metric.unit !== 'seconds') {
    never(`only a time can be slower than before, and ${rule.metric} is in ${metric.unit}`, 'write a bound instead');
  }
  if (!rule.comparison) return;
  const bound = parseThreshold(`${rule.comparison.op} ${rule.comparison.value}`, metric.unit);
  if (!bound.ok) {
    report(path, { code: 'PG104', message: bound.problem, hint: bound.hint });
    return;
  }
  const bad = intervalOf(bound.value);
  if (isEmpty(intersection(bad, domainOf(metric.unit)))) {
    never(`no value of a ${metric.unit} metric can be ${bound.value.text}`, 'turn the operator around');
    return;
  }
  const { target } = metric;
  const good = target === undefined || target === monitoringOnly ? undefined : parseThreshold(target, metric.unit);
  if (good?.ok && !isEmpty(intersection(bad, intervalOf(good.value)))) {
    never(`a value inside the target ${target} would be an incident`, 'turn the operator around, or change the value');
  }
}

function idsOf(items: ReadonlyArray<{ path: NameAt['path']; value: { id?: string | undefined } }>): NameAt[] {
  return items.flatMap(({ path, value }) =>
    value.id === undefined ? [] : [{ name: value.id, path: [...path, 'id'] }]
  );
}

function ms(text: string): number {
  return sure(parseDuration(text));
}
