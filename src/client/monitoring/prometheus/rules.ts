import { alertLabels } from '../../../plan/alert-labels.js';
import { incidentOfThreshold, rulesOf as guardRulesOf } from '../../../plan/guard/pages.js';
import type { AlertLevel } from '../../../plan/model.js';
import { spanText } from '../../../plan/text/spans.js';
import { scrapedSince, scrapedSinceQuery } from '../counted.js';
import { countedBackMs, filled, isAlertedTo, promDuration, type Subject, type Watched } from '../subject.js';
import { yamlFile } from '../yaml-file.js';
import { conditionOf } from './conditions.js';
import { heldWithoutData } from './held.js';
import { silenceRule } from './silence.js';
import { alertName, alertWords, causeWords, noDataWords, type Annotations, type Crossed } from './words.js';

/** Label `reason` of the alert that a metric has no data. */
export const missingReason = 'no-data';

export const levels = ['warning', 'critical'] as const satisfies AlertLevel[];

export interface AlertingRule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Annotations;
}

/**
 * `prometheus/rules.yml`: each metric recorded by its name, an alert for each threshold, one for each cause of an incident
 * that has a condition of its own, one for data that is missing; and one for a guard of which nobody tells.
 */
export function rulesFile(subject: Subject): string {
  const { labels, watched, everyMs } = subject;
  const interval = promDuration(everyMs);
  const about = `phasegate ${labels.environment} ${labels.plan}`;
  const alerts = watched.flatMap((each) => alertsOf(subject, each));
  const silent = watched.filter(({ metric, causes }) => !isAlertedTo(metric, causes)).map(({ metric }) => metric.name);
  const compared = watched.flatMap(({ metric, causes }) => (causes.some((one) => one.ofBaseline) ? metric.name : []));
  // Before those who ask for it.
  const targets = watched.some(({ counter }) => counter !== undefined)
    ? [{ record: scrapedSince, query: filled(scrapedSinceQuery(interval)) }]
    : [];
  const groups = [
    {
      name: `${about} metrics`,
      interval,
      rules: [...targets, ...watched].map(({ record, query }) => ({ record, expr: query, labels })),
    },
    ...(alerts.length > 0 ? [{ name: `${about} alerts`, interval, rules: alerts }] : []),
    ...(subject.frozen.plan.guard ? [{ name: `${about} guard`, interval, rules: [silenceRule(subject)] }] : []),
  ];
  return yamlFile({ groups }, [
    `Rules for ${subject.frozen.plan.title} in ${subject.frozen.environment.title}, made by: phasegate render`,
    `A rule knows no run: what counts since a run's first change counts over the latest ${spanText(countedBackMs)} here.`,
    ...(compared.length > 0
      ? [
          `Compared with a run's own baseline, which the workers export (have Prometheus read them): ${compared.join(', ')}`,
        ]
      : []),
    ...(silent.length > 0
      ? [`Recorded without an alert, since they have no threshold and make no incident: ${silent.join(', ')}`]
      : []),
    ...subject.remarks,
  ]);
}

function alertsOf(subject: Subject, watched: Watched): AlertingRule[] {
  const { metric, series, causes } = watched;
  if (!isAlertedTo(metric, causes)) return [];
  const { everyMs, inARow, missingInARow } = subject;
  const lasting = promDuration(everyMs * (inARow - 1));
  const exprOf = (level: AlertLevel, alert: string, condition: string): string =>
    level === 'critical' ? heldWithoutData(subject, watched, alert, condition) : condition;
  const crossed = levels.flatMap((level): AlertingRule[] => {
    const bound = metric[level];
    if (!bound) return [];
    const alert = alertName(metric.name, level);
    return [
      {
        alert,
        expr: exprOf(level, alert, `${series} ${bound.op} ${bound.value}`),
        for: lasting,
        labels: labelsOf(subject, metric, level),
        annotations: alertWords(subject, watched, level, bound),
      },
    ];
  });
  const caused = causes.map((cause): AlertingRule => {
    const alert = alertName(metric.name, cause);
    return {
      alert,
      expr: exprOf(cause.level, alert, conditionOf(subject, watched, cause)),
      for: lasting,
      labels: labelsOf(subject, metric, cause),
      annotations: causeWords(subject, watched, cause),
    };
  });
  const missing: AlertingRule = {
    alert: alertName(metric.name, 'no_data'),
    expr: `absent(${series}) or ${series} != ${series}`,
    for: promDuration(everyMs * missingInARow),
    labels: labelsOf(subject, metric, 'no_data'),
    annotations: noDataWords(metric),
  };
  return [...crossed, ...caused, missing];
}

/** What an alert is about: for people, for Alertmanager's routes, and for the receiver of phasegate. */
export function labelsOf(
  { frozen, labels }: Pick<Subject, 'frozen' | 'labels'>,
  { name, priority }: Watched['metric'],
  kind: Crossed | 'no_data'
): Record<string, string> {
  const cause = causeOf(frozen, name, kind);
  return {
    severity: kind === 'no_data' ? 'warning' : typeof kind === 'string' ? kind : kind.level,
    ...(priority === undefined ? {} : { priority }),
    metric: name,
    ...labels,
    ...(kind === 'no_data' ? { reason: missingReason } : {}),
    [alertLabels.plan]: labels.plan,
    [alertLabels.environment]: labels.environment,
    [alertLabels.metric]: name,
    ...(cause === undefined ? {} : { [alertLabels.cause]: cause }),
    [alertLabels.rendered]: 'true',
  };
}

/** Whose incident the guard makes of it. */
function causeOf({ plan }: Subject['frozen'], metric: string, kind: Crossed | 'no_data'): string | undefined {
  if (kind === 'no_data') return undefined;
  return typeof kind === 'string' ? incidentOfThreshold(guardRulesOf(plan), metric, kind)?.cause : kind.id;
}
