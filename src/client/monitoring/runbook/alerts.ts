import type { AlertLevel, AlertRoute, Environment } from '../../../plan/model.js';
import { migrationId } from '../../../plan/names.js';
import { alertAckLine, runName } from '../../../plan/text/command-lines.js';
import { spanWords } from '../../preview/span-words.js';
import { addressesOf } from '../alertmanager/recipients.js';
import { silentGuard } from '../prometheus/silence.js';
import { runbookAnchor } from '../prometheus/words.js';
import { ownCausesOf } from '../causes.js';
import { isAlertedTo, type Subject } from '../subject.js';
import { heading, strong, tableOf, text, typed, typedThere, type Block } from './blocks.js';

const levels = ['critical', 'warning'] as const satisfies AlertLevel[];

/** Who is told, and each metric that alerts: when, why it matters, what its alert says, and where its own runbook is. */
export function alertBlocks(subject: Subject): Block[] {
  const { plan, environment } = subject.frozen;
  const { alerts } = plan;
  const run = runName(migrationId(environment.id, plan.id));
  const routes = alerts
    ? tableOf(
        ['severity', 'channels', 'who', 'nobody acknowledged for', 'then also', 'reminded every'],
        levels.map((level) => routeRow(level, alerts.routes[level], environment))
      )
    : [
        text(
          `The plan routes no alerts: the channels of ${environment.id} are told: ${environment.notify.map(({ name }) => name).join(', ') || 'none'}.`
        ),
      ];
  const alerting = Object.values(plan.metrics).filter((metric) => isAlertedTo(metric, ownCausesOf(plan, metric.name)));
  return [
    heading(2, 'Alerts', 'alerts'),
    ...routes,
    text('A metric without data alerts as what it is. Somebody who acknowledges it ends the reminders:'),
    typedThere(`phasegate alert list ${run}`, `${alertAckLine(run, 'METRIC')} --as NAME`),
    ...(plan.guard ? silence(environment) : []),
    ...alerting.flatMap((metric): Block[] => {
      const watched = subject.watched.find((each) => each.metric.name === metric.name);
      const templates = alerts?.templates.filter((each) => each.metric === metric.name) ?? [];
      return [
        heading(3, metric.name, runbookAnchor(metric.name)),
        text(`${metric.description}.${metric.impact === undefined ? '' : ` Business impact: ${metric.impact}.`}`),
        ...tableOf(
          ['priority', 'target', 'warning', 'critical'],
          [
            [
              metric.priority ?? 'none',
              metric.target?.text ?? 'none',
              metric.warning?.text ?? 'none',
              metric.critical?.text ?? 'none',
            ],
          ]
        ),
        ...ownCausesOf(plan, metric.name).map(({ severity, title, text: when }) =>
          text(`Makes an incident of severity ${severity} when ${when}: ${title}.`)
        ),
        ...templates.flatMap(({ level, title, message, runbook }): Block[] => [
          strong(`${level}: ${title}`),
          { kind: 'quote', text: message },
          ...(runbook === undefined ? [] : [{ kind: 'link', text: 'Runbook', url: runbook } as const]),
        ]),
        ...(watched
          ? [text('Ask Prometheus:'), typed(watched.query)]
          : [text('Prometheus cannot be asked for it, so nothing but the run itself watches it.')]),
      ];
    }),
  ];
}

/** What to do when nobody tells of the run: no part of phasegate can say it then. */
function silence({ id }: Environment): Block[] {
  return [
    heading(3, silentGuard, 'guard-silent'),
    text(
      'No worker tells how the guard of the run stands, though it watched: nothing is measured, nobody is called, and nothing is taken back. Start a worker, bring Temporal back, or see why a worker that is there does not run the guard; it then asks for what it missed.'
    ),
    typedThere(`phasegate doctor --env ${id}`),
  ];
}

function routeRow(
  level: AlertLevel,
  { channels, to, escalate, remindEvery }: AlertRoute,
  environment: Environment
): string[] {
  return [
    level,
    channels.join(', '),
    whom(environment, to),
    spanWords(escalate.after),
    whom(environment, escalate.to),
    spanWords(remindEvery),
  ];
}

/** `cto (cto@example.com), ops-team (no address)`. */
export function whom(environment: Environment, to: readonly string[]): string {
  return to
    .map((role) => `${role} (${addressesOf(environment, [role]).addresses.join(', ') || 'no address'})`)
    .join(', ');
}
