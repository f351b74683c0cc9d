import { formatValue } from './judge/format.js';
import { holds } from './judge/measure.js';
import type { AlertLevel, AlertTemplate, Alerts, Bound, Metric, MetricBinding } from './model.js';
import { templateNames } from './language/template.js';
import { instantText } from './text/spans.js';

/** What an alert knows by itself; an environment's `context` queries of the metric come on top. */
export const alertFacts: readonly string[] = [
  'metric',
  'description',
  'impact',
  'level',
  'value',
  'threshold',
  'target',
  'detection_time',
  'time_period',
  'reason',
  'run',
  'plan',
  'environment',
];

export interface AlertText {
  title: string;
  message: string;
  /** Link. */
  runbook?: string;
}

type About = Pick<Metric, 'name' | 'description' | 'impact'>;

/** The words that the plan has for the alert of a metric at a level. */
export function templateFor(
  alerts: Pick<Alerts, 'templates'> | undefined,
  metric: string,
  level: AlertLevel | 'no-data'
): AlertTemplate | undefined {
  return alerts?.templates.find((template) => template.metric === metric && template.level === level);
}

/**
 * Facts about a metric at a level that its declaration and binding say. A level is left only after several good samples:
 * beside its threshold a value that does not cross it any more is said to be that of now.
 */
export function metricFacts(
  metric: Metric,
  level: AlertLevel | 'no-data',
  binding: Pick<MetricBinding, 'range'> | undefined,
  value?: number
): Record<string, string> {
  const bound: Bound | undefined = level === 'no-data' ? undefined : metric[level];
  const facts = {
    metric: metric.name,
    description: metric.description,
    level,
    impact: metric.impact,
    threshold: bound?.text,
    target: metric.target?.text,
    time_period: binding?.range?.planned,
    value: value === undefined ? undefined : valueText(metric, value, bound),
  };
  return Object.fromEntries(
    Object.entries(facts).filter((fact): fact is [string, string] => typeof fact[1] === 'string')
  );
}

/** The same with when it was seen, and what else was asked for it. */
export function factsOfNews(
  metric: Metric,
  {
    level,
    at,
    value,
    context,
  }: {
    level: AlertLevel | 'no-data';
    at: number;
    value?: number | undefined;
    context?: Readonly<Record<string, string>> | undefined;
  },
  bindings: Readonly<Record<string, Pick<MetricBinding, 'range'>>>
): Record<string, string> {
  return { ...metricFacts(metric, level, bindings[metric.name], value), detection_time: instantText(at), ...context };
}

function valueText({ unit }: Metric, value: number, bound: Bound | undefined): string {
  const text = formatValue(unit, value);
  return bound && !holds(bound, value) ? `${text} by now` : text;
}

/**
 * The words of an alert: those of the plan's template, or sensible ones made for it. What has no value prints
 * "unknown"; a value is data and never read as a template again.
 *
 * @param facts values by name, see `alertFacts`; context queries among them
 */
export function alertText(
  template: AlertTemplate | undefined,
  facts: Readonly<Record<string, string>>,
  metric: About,
  level: AlertLevel | 'no-data'
): AlertText {
  const known: Record<string, string> = { metric: metric.name, description: metric.description, level, ...facts };
  if (metric.impact !== undefined) known['impact'] ??= metric.impact;
  const fill = (text: string): string =>
    text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_, name: string) => valueOf(known, name) ?? 'unknown');
  if (!template) return plainText(known, metric, level);
  const { title, message, runbook } = template;
  return {
    title: fill(title).replace(/\s+/g, ' '),
    message: fill(message).trimEnd(),
    ...(runbook === undefined ? {} : { runbook }),
  };
}

/** The variables of a template that are no facts: the environment binds them for its metric. */
export function contextNames({
  title = '',
  message = '',
}: {
  title?: string | undefined;
  message?: string | undefined;
}): string[] {
  const names = [...templateNames(title), ...templateNames(message)];
  return [...new Set(names)].filter((name) => !name.includes('.') && !alertFacts.includes(name));
}

function plainText(known: Readonly<Record<string, string>>, metric: About, level: AlertLevel | 'no-data'): AlertText {
  const value = valueOf(known, 'value');
  const threshold = valueOf(known, 'threshold');
  const is = value === undefined ? '' : ` is ${value}`;
  const beyond = threshold === undefined ? '' : `, ${level} is ${threshold}`;
  const title =
    level === 'no-data'
      ? `NO DATA: ${metric.name} cannot be measured`
      : `${level.toUpperCase()}: ${metric.name}${is}${beyond}`;
  const lines = [
    ['Metric', `${metric.name} (${metric.description})`],
    ['Value', value],
    ['Threshold', threshold],
    ['Target', valueOf(known, 'target')],
    ['Detected', valueOf(known, 'detection_time')],
    ['Impact', valueOf(known, 'impact')],
    ['Why', valueOf(known, 'reason')],
    ['Run', valueOf(known, 'run')],
  ];
  const told = lines.flatMap(([name, text]) => (text === undefined ? [] : [`- ${name}: ${text}`]));
  const [head] = [
    level === 'no-data' ? 'Nobody can tell how it is: it has no value.' : `It has crossed its ${level} threshold.`,
  ];
  return { title, message: [head, '', ...told].join('\n') };
}

function valueOf(known: Readonly<Record<string, string>>, name: string): string | undefined {
  const value = Object.hasOwn(known, name) ? known[name] : undefined;
  return value === undefined || value === '' ? undefined : value;
}
