import type { AlertLevel, AlertTemplate, Bound, Metric } from '../../../plan/model.js';
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

/** The words of a metric's alert at a level: those of the plan's template, else sensible ones. */
export function alertWords(subject: Subject, watched: Watched, level: AlertLevel, bound: Bound): Annotations {
  const { metric } = watched;
  const template = subject.frozen.plan.alerts?.templates.find(
    (each) => each.metric === metric.name && each.level === level
  );
  const words = template ? fromTemplate(template, subject, watched, level, bound) : plainWords(metric, level, bound);
  return { ...words, ...backing(metric, template?.runbook) };
}

function plainWords(metric: Metric, level: AlertLevel, bound: Bound): Pick<Annotations, 'summary' | 'description'> {
  const target = metric.target ? `; the target is ${metric.target.text}` : '';
  return {
    summary: `${level.toUpperCase()}: ${goText(metric.description)} is ${goValue(metric.unit)} (${goText(metric.name)})`,
    description: `${goText(metric.name)} is ${goValue(metric.unit)}, which is ${level}: ${goText(bound.text)}${goText(target)}.`,
  };
}

export function noDataWords(metric: Metric): Annotations {
  return {
    summary: `NO DATA: nobody can tell ${goText(metric.name)}`,
    description: `${goText(metric.description)}: its query gives no value, so no threshold of it can be crossed. This says nothing good.`,
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

function fromTemplate(
  { title, message }: AlertTemplate,
  subject: Subject,
  watched: Watched,
  level: AlertLevel,
  bound: Bound
): Pick<Annotations, 'summary' | 'description'> {
  const fill = (text: string): string =>
    text
      .split(/(\{\{\s*[\w-]+\s*\}\})/)
      .map((part, index) =>
        index % 2 === 0 ? goText(part) : variable(part.slice(2, -2).trim(), subject, watched, level, bound)
      )
      .join('');
  return { summary: fill(title), description: fill(message).trimEnd() };
}

function variable(name: string, subject: Subject, watched: Watched, level: AlertLevel, bound: Bound): string {
  const { metric, context } = watched;
  const asked = context[name];
  if (asked !== undefined) return goQuery(asked);
  const { plan, environment } = subject.frozen;
  const since = `ALERTS_FOR_STATE${matchers({ alertname: alertName(metric.name, level), ...subject.labels })}`;
  const facts: Record<string, string | undefined> = {
    metric: metric.name,
    description: metric.description,
    impact: metric.impact,
    level,
    threshold: bound.text,
    target: metric.target?.text,
    reason: `${metric.name} ${bound.text}`,
    plan: plan.title,
    environment: environment.title,
  };
  if (name === 'value') return goValue(metric.unit);
  // When it began to be true, which is before it fired.
  if (name === 'detection_time') return goQuery(since, 'humanizeTimestamp');
  return goText(facts[name] ?? 'unknown');
}

export function alertName(metric: string, level: AlertLevel | 'no_data'): string {
  return `${metric}_${level}`;
}
