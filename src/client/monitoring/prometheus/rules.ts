import { alertLabels } from '../../../plan/alert-labels.js';
import { incidentOfThreshold, rulesOf as guardRulesOf } from '../../../plan/guard/pages.js';
import type { AlertLevel } from '../../../plan/model.js';
import { spanText } from '../../../plan/text/spans.js';
import { countedBackMs, promDuration, type Subject, type Watched } from '../subject.js';
import { yamlFile } from '../yaml-file.js';
import { alertName, alertWords, noDataWords, type Annotations } from './words.js';

export const levels = ['warning', 'critical'] as const satisfies AlertLevel[];

interface AlertingRule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Annotations;
}

/** `prometheus/rules.yml`: each metric recorded by its name, an alert for each threshold, one for data that is missing. */
export function rulesFile(subject: Subject): string {
  const { labels, watched, everyMs } = subject;
  const interval = promDuration(everyMs);
  const about = `phasegate ${labels.environment} ${labels.plan}`;
  const alerts = watched.flatMap((each) => alertsOf(subject, each));
  const silent = watched.filter(({ metric }) => !alertsAt(metric)).map(({ metric }) => metric.name);
  const groups = [
    {
      name: `${about} metrics`,
      interval,
      rules: watched.map(({ record, query }) => ({ record, expr: query, labels })),
    },
    ...(alerts.length > 0 ? [{ name: `${about} alerts`, interval, rules: alerts }] : []),
  ];
  return yamlFile({ groups }, [
    `Rules for ${subject.frozen.plan.title} in ${subject.frozen.environment.title}, made by: phasegate render`,
    `A rule knows no run: what counts since a run's first change counts over the latest ${spanText(countedBackMs)} here.`,
    ...(silent.length > 0 ? [`Recorded without an alert, since they have no threshold: ${silent.join(', ')}`] : []),
    ...subject.remarks,
  ]);
}

function alertsAt({ warning, critical }: Watched['metric']): boolean {
  return warning !== undefined || critical !== undefined;
}

function alertsOf(subject: Subject, watched: Watched): AlertingRule[] {
  const { metric, series } = watched;
  if (!alertsAt(metric)) return [];
  const { everyMs, inARow, missingInARow } = subject;
  const crossed = levels.flatMap((level): AlertingRule[] => {
    const bound = metric[level];
    if (!bound) return [];
    return [
      {
        alert: alertName(metric.name, level),
        expr: `${series} ${bound.op} ${bound.value}`,
        for: promDuration(everyMs * (inARow - 1)),
        labels: labelsOf(subject, metric, level),
        annotations: alertWords(subject, watched, level, bound),
      },
    ];
  });
  const missing: AlertingRule = {
    alert: alertName(metric.name, 'no_data'),
    // NaN is the only value that differs from itself.
    expr: `absent(${series}) or ${series} != ${series}`,
    for: promDuration(everyMs * missingInARow),
    labels: labelsOf(subject, metric, 'no_data'),
    annotations: noDataWords(metric),
  };
  return [...crossed, missing];
}

/** What an alert is about: for people, for Alertmanager's routes, and for the receiver of phasegate. */
export function labelsOf(
  { frozen, labels }: Pick<Subject, 'frozen' | 'labels'>,
  { name, priority }: Watched['metric'],
  kind: AlertLevel | 'no_data'
): Record<string, string> {
  const cause = kind === 'no_data' ? undefined : incidentOfThreshold(guardRulesOf(frozen.plan), name, kind)?.cause;
  return {
    severity: kind === 'no_data' ? 'warning' : kind,
    ...(priority === undefined ? {} : { priority }),
    metric: name,
    ...labels,
    ...(kind === 'no_data' ? { reason: 'no-data' } : {}),
    [alertLabels.plan]: labels.plan,
    [alertLabels.environment]: labels.environment,
    [alertLabels.metric]: name,
    ...(cause === undefined ? {} : { [alertLabels.cause]: cause }),
    [alertLabels.rendered]: 'true',
  };
}
