import { templateFor } from '../../../plan/alert-text.js';
import type { AlertLevel, AlertTemplate, Bound, Metric } from '../../../plan/model.js';
import type { OwnCause } from '../causes.js';
import type { Subject, Watched } from '../subject.js';
import { matchers } from '../subject.js';
import { goQuery, goText, goValue } from './go-template.js';

export interface Annotations {
  summary: string;
  description: string;
  business_impact?: string;
  runbook_url?: string;
  runbook: string;
}

/** What of a metric an alert is about. */
export type Crossed = AlertLevel | OwnCause;

/** The words of a metric's alert at a level: those of the plan's template, else sensible ones. */
export function alertWords(subject: Subject, watched: Watched, level: AlertLevel, bound: Bound): Annotations {
  const { metric } = watched;
  const reason = `${metric.name} ${bound.text}`;
  return worded(subject, watched, { crossed: level, threshold: bound.text, reason }, plainWords(metric, level, bound));
}

/** The same of a cause of an incident; its template is the one that the incident's calls have. */
export function causeWords(subject: Subject, watched: Watched, cause: OwnCause): Annotations {
  const { metric } = watched;
  const { title, text, severity, level, action } = cause;
  const value = `${goText(metric.name)} is ${goValue(metric.unit)}`;
  return worded(
    subject,
    watched,
    { crossed: cause, threshold: text, reason: `${title}: ${text}` },
    {
      summary: `${level.toUpperCase()}: ${goText(title)}: ${value}`,
      description: `${value}, which makes an incident of severity ${severity}: ${goText(text)}. Action: ${goText(action)}.`,
    }
  );
}

interface Reason {
  crossed: Crossed;
  threshold: string;
  reason: string;
}

type Words = Pick<Annotations, 'summary' | 'description'>;

function worded(subject: Subject, watched: Watched, why: Reason, plain: Words): Annotations {
  const { metric } = watched;
  const template = templateFor(subject.frozen.plan.alerts, metric.name, levelOf(why.crossed));
  const words = template ? fromTemplate(template, subject, watched, why) : plain;
  return { ...words, ...backing(metric, template?.runbook) };
}

function levelOf(crossed: Crossed): AlertLevel {
  return typeof crossed === 'string' ? crossed : crossed.level;
}

function plainWords(metric: Metric, level: AlertLevel, bound: Bound): Words {
  const target = metric.target ? `; the target is ${metric.target.text}` : '';
  return {
    summary: `${level.toUpperCase()}: ${goText(metric.description)} is ${goValue(metric.unit)} (${goText(metric.name)})`,
    description: `${goText(metric.name)} is ${goValue(metric.unit)}, which is ${level}: ${goText(bound.text)}${goText(target)}.`,
  };
}

export function noDataWords(metric: Metric): Annotations {
  const lost =
    metric.warning || metric.critical
      ? 'no threshold of it can be crossed'
      : 'nobody can tell whether it makes an incident';
  return {
    summary: `NO DATA: nobody can tell ${goText(metric.name)}`,
    description: `${goText(metric.description)}: its query gives no value, so ${lost}. This says nothing good.`,
    ...backing(metric, undefined),
  };
}

function backing({ name, impact }: Metric, link: string | undefined): Omit<Annotations, 'summary' | 'description'> {
  return {
    ...(impact === undefined ? {} : { business_impact: goText(impact) }),
    ...(link === undefined ? {} : { runbook_url: goText(link) }),
    runbook: `runbook.html#${runbookAnchor(name)}`,
  };
}

/** Where the runbook of this plan tells of a metric. */
export function runbookAnchor(metric: string): string {
  return `metric-${metric}`;
}

function fromTemplate({ title, message }: AlertTemplate, subject: Subject, watched: Watched, why: Reason): Words {
  const fill = (text: string): string =>
    text
      .split(/(\{\{\s*[\w-]+\s*\}\})/)
      .map((part, index) =>
        index % 2 === 0 ? goText(part) : variable(part.slice(2, -2).trim(), subject, watched, why)
      )
      .join('');
  return { summary: fill(title), description: fill(message).trimEnd() };
}

function variable(name: string, subject: Subject, watched: Watched, { crossed, threshold, reason }: Reason): string {
  const { metric, context, range } = watched;
  const asked = context[name];
  if (asked !== undefined) return goQuery(asked);
  const { plan, environment } = subject.frozen;
  const since = `ALERTS_FOR_STATE${matchers({ alertname: alertName(metric.name, crossed), ...subject.labels })}`;
  const facts: Record<string, string | undefined> = {
    metric: metric.name,
    description: metric.description,
    impact: metric.impact,
    level: levelOf(crossed),
    threshold,
    target: metric.target?.text,
    time_period: range,
    reason,
    plan: plan.title,
    environment: environment.title,
  };
  if (name === 'value') return goValue(metric.unit);
  // When it began to be true, which is before it fired.
  if (name === 'detection_time') return goQuery(since, 'humanizeTimestamp');
  return goText(facts[name] ?? 'unknown');
}

/** `error_rate_critical`; of a cause of an incident `error_rate_incident_outage`. */
export function alertName(metric: string, kind: Crossed | 'no_data'): string {
  return typeof kind === 'string' ? `${metric}_${kind}` : `${metric}_incident_${kind.id}`;
}
