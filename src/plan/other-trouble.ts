import { alertLabels, ownPrefix, severityWords } from './alert-labels.js';
import type { OtherAlert } from './alertmanager.js';
import { guardKeyOf, hasOwnCondition, incidentOfThreshold, rulesOf } from './guard/pages.js';
import { findCause, severityOf } from './incidents/classify.js';
import { nearOr, suggest } from './language/suggest.js';
import type { Plan, Severity } from './model.js';
import { beginning, cleanLine } from './text/clean.js';
import { named } from './text/spans.js';
import { readTrouble, type Trouble } from './trouble.js';

/** A label that says what the plan does not know, and what it knows. */
export interface UnknownName {
  label: string;
  value: string;
  hint: string;
}

/** What an alert of another system says to a run. */
export type OtherTrouble =
  | {
      trouble: Trouble;
      /** Of the incident that it opens; absent: the plan leads none, or could not be read. */
      severity?: Severity;
      /** The run must hear it, however many others there are. */
      isGrave: boolean;
      /** From a rule of `phasegate render`: the guard measures the same. */
      isRendered: boolean;
      unknown: UnknownName[];
    }
  /** The metric of a rendered rule whose threshold makes no incident: the guard has an alert for it. */
  | { guarded: string }
  | { problem: string };

type About = Pick<Trouble, 'cause' | 'metric' | 'level' | 'phase'>;

const longest = 2_000;
const words: Readonly<Record<string, 'critical' | 'warning' | 'none'>> = severityWords;

/**
 * What a run is told of another system's alert. What its plan does not know is left out of it, but stands in its words. Then
 * its severity decides; where that says nothing either, people choose: what nobody can judge must neither be lost nor take
 * everything back.
 *
 * @param plan undefined where it could not be read: then its names are believed
 */
export function otherTrouble(alert: OtherAlert, plan: Plan | undefined): OtherTrouble {
  const { labels } = alert;
  const unknown = unknownNames(labels, plan);
  const said = aboutOf(labels, unknown, plan);
  const isRendered = labels[alertLabels.rendered] !== undefined;
  const about = plan && isRendered ? asTheGuard(plan, said) : said;
  if (!about) return { guarded: said.metric ?? '' };
  const trouble = readTrouble({
    dedupKey: (plan && guardKeyOf(rulesOf(plan), about)) ?? alert.key,
    source: 'alertmanager',
    title: alert.title,
    reason: withUnknown(alert.reason, unknown),
    at: alert.at,
    ...about,
  });
  if (!trouble)
    return { problem: `${alert.name} is nothing that a run can be told: a label or its time is out of all bounds` };
  const severity = plan?.incidents && severityOf(plan.incidents, about, plan.metrics);
  const { level, cause } = about;
  const mayBeGrave = level === 'critical' || level === 'unknown' || (!plan && cause !== undefined);
  const isGrave = severity === undefined ? mayBeGrave : severity < 3;
  return { trouble, ...(severity === undefined ? {} : { severity }), isGrave, isRendered, unknown };
}

/** As people read it. */
export function unknownText({ label, value, hint }: UnknownName): string {
  return `${cleanLine(label)} "${value}" is unknown: ${hint}`;
}

function aboutOf(labels: OtherAlert['labels'], unknown: readonly UnknownName[], plan: Plan | undefined): About {
  const known = (label: string): string | undefined =>
    unknown.some((one) => one.label === label) ? undefined : labels[label];
  const cause = known(alertLabels.cause);
  const word = words[known('severity')?.toLowerCase() ?? ''];
  const level = word ?? (unknown.length > 0 ? 'unknown' : 'none');
  const about = {
    cause: cause === undefined || !plan?.incidents ? cause : findCause(plan.incidents, cause)?.cause.id,
    metric: known(alertLabels.metric),
    level: level === 'none' ? undefined : level,
    phase: known(alertLabels.phase),
  };
  return Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined));
}

function unknownNames(labels: OtherAlert['labels'], plan: Plan | undefined): UnknownName[] {
  const found: UnknownName[] = [];
  const add = (label: string, known: readonly string[], where: string): void => {
    const value = shown(labels[label] ?? '');
    found.push({ label, value, hint: nearOr(value, known, listed(known, where)) });
  };
  const { severity } = labels;
  if (severity !== undefined && !Object.hasOwn(words, severity.toLowerCase()))
    add('severity', Object.keys(words), 'severities');
  const ours: readonly string[] = Object.values(alertLabels);
  for (const label of Object.keys(labels)) {
    if (!label.startsWith(ownPrefix) || ours.includes(label)) continue;
    // What all of them begin with makes none of them more alike.
    const near = suggest(label.slice(ownPrefix.length), Object.keys(alertLabels));
    const hint = near === undefined ? listed(ours, 'labels') : `did you mean "${ownPrefix}${near}"?`;
    found.push({ label: label.slice(0, 100), value: shown(labels[label] ?? ''), hint });
  }
  if (!plan) return found;
  const { [alertLabels.cause]: cause, [alertLabels.metric]: metric, [alertLabels.phase]: phase } = labels;
  const causes = (plan.incidents?.severities ?? []).flatMap((spec) => spec.causes.map(({ id }) => id));
  if (cause !== undefined && !(plan.incidents && findCause(plan.incidents, cause)))
    add(alertLabels.cause, causes, `causes of the plan ${plan.id}`);
  if (metric !== undefined && !Object.hasOwn(plan.metrics, metric))
    add(alertLabels.metric, Object.keys(plan.metrics), `metrics of the plan ${plan.id}`);
  const phases = plan.phases.map(({ id }) => id);
  if (phase !== undefined && !phases.includes(phase)) add(alertLabels.phase, phases, `phases of the plan ${plan.id}`);
  return found;
}

function shown(written: string): string {
  return beginning(cleanLine(written), 100);
}

function listed(known: readonly string[], what: string): string {
  if (known.length === 0) return `there are no ${what}`;
  return `the ${what} are ${named(known)}`;
}

function withUnknown(reason: string, unknown: readonly UnknownName[]): string {
  if (unknown.length === 0) return reason;
  const said = ` (${beginning(unknown.map(unknownText).join('; '), longest / 2)})`;
  return `${beginning(reason, longest - said.length)}${said}`;
}

/**
 * What the guard makes of a rendered rule, in the plan as the run has it. Undefined: no incident; the guard tells
 * people of it by an alert of its own.
 */
function asTheGuard(plan: Plan, said: About): About | undefined {
  const { metric, level, cause } = said;
  if (cause !== undefined && hasOwnCondition(rulesOf(plan), cause)) return said;
  if (metric === undefined || level === undefined || level === 'unknown') return said;
  if (!plan.guard?.metrics.includes(metric)) return said;
  const incident = incidentOfThreshold(rulesOf(plan), metric, level);
  return incident && { ...said, ...incident };
}
