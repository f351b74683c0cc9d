import type { AlertLevel, AlertRoute, Channel } from '../../../plan/model.js';
import { promDuration, type Subject } from '../subject.js';
import { missingReason } from '../prometheus/rules.js';
import { silentReason } from '../prometheus/silence.js';
import { yamlFile } from '../yaml-file.js';
import { receiverOf, type Receiver } from './receiver.js';
import { runReceiver, runReceiverName } from './run-receiver.js';

interface Route {
  receiver: string;
  matchers?: string[];
  group_by?: string[];
  group_wait?: string;
  group_interval?: string;
  repeat_interval?: string;
  continue?: boolean;
  routes?: Route[];
}

const minute = 60_000;
const levels = ['critical', 'warning'] as const satisfies AlertLevel[];

/**
 * `alertmanager/alertmanager.yml`: who is told of which severity. Alertmanager knows no escalation, so each level has a
 * second route that waits: an alert that was resolved or silenced by then never gets there.
 */
export function alertmanagerFile(subject: Subject): { text: string; remarks: string[] } {
  const remarks = new Set<string>();
  const { alerts } = subject.frozen.plan;
  const parts = alerts ? byLevel(subject, alerts.routes, remarks) : byEnvironment(subject, remarks);
  if (subject.receiver) {
    parts.routes.unshift(toTheRun(subject));
    parts.receivers.unshift(runReceiver(subject.receiver, remarks));
  }
  const longest = Math.max(0, ...levels.map((level) => alerts?.routes[level].escalate.after.ms ?? 0));
  const used = parts.receivers.filter((receiver) => Object.keys(receiver).length > 1);
  if (used.length === 0) {
    remarks.add('no channel of the environment is one that Alertmanager can use: alerts end in it and tell nobody');
  }
  const document = {
    // An alert that nobody posts again resolves itself after this: it must outlive the wait for its escalation.
    global: { resolve_timeout: promDuration(Math.max(15 * minute, longest + 5 * minute)) },
    route: {
      receiver: parts.fallback,
      group_by: ['plan', 'environment', 'metric'],
      group_wait: '0s',
      group_interval: '1m',
      repeat_interval: '4h',
      routes: parts.routes,
    } satisfies Route,
    inhibit_rules: [
      {
        source_matchers: ['severity="critical"', ...own(subject)],
        // Not that the data are missing: what is critical then is what was.
        target_matchers: ['severity="warning"', ...own(subject), `reason!="${missingReason}"`],
        equal: ['plan', 'environment', 'metric'],
      },
    ],
    receivers: parts.receivers,
  };
  const said = [...remarks];
  const { plan, environment } = subject.frozen;
  const acknowledge = `amtool silence add alertname=NAME ${silenced(subject)} --comment=WHY`;
  const head = `Alerts of ${plan.title} in ${environment.title}, made by: phasegate render. Acknowledge with: ${acknowledge}`;
  return { text: yamlFile(document, [head, ...said]), remarks: said };
}

interface Parts {
  fallback: string;
  routes: Route[];
  receivers: Receiver[];
}

/** Beside all others: people hear of it as before. Each alert alone, so that none waits for another of its group. */
function toTheRun(subject: Subject): Route {
  return {
    receiver: runReceiverName,
    matchers: [...own(subject), `reason!="${silentReason}"`],
    group_by: ['...'],
    group_wait: '0s',
    // It knows again what it has heard, and hears again what it had no room for.
    repeat_interval: '5m',
    continue: true,
  };
}

/** The plan's own part of a silence: other plans, and other environments of this one, have alerts of the same name. */
function silenced({ labels }: Subject): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function own({ labels }: Subject): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
}

function byLevel(subject: Subject, routes: Record<AlertLevel, AlertRoute>, remarks: Set<string>): Parts {
  const parts: Parts = { fallback: 'warning', routes: [], receivers: [] };
  for (const level of levels) {
    const route = routes[level];
    const matchers = [`severity="${level}"`, ...own(subject)];
    const repeat_interval = promDuration(Math.max(minute, route.remindEvery.ms));
    parts.routes.push(
      { receiver: level, matchers, group_wait: '0s', repeat_interval, continue: true },
      {
        receiver: `${level}-escalation`,
        matchers,
        // Each alert on its own: in a group that was told already, a new one would be escalated at once.
        group_by: ['...'],
        group_wait: promDuration(route.escalate.after.ms),
        repeat_interval,
      }
    );
    const channels = channelsOf(subject, route, remarks);
    // PagerDuty has an escalation policy of its own, and would take the delayed message for another incident.
    const others = channels.filter(({ kind }) => kind !== 'pagerduty');
    const { environment } = subject.frozen;
    const escalated = { to: route.escalate.to, prefix: 'NOBODY ACKNOWLEDGED: ' };
    parts.receivers.push(
      receiverOf(level, channels, { to: route.to, prefix: '' }, environment, remarks),
      receiverOf(`${level}-escalation`, others.length > 0 ? others : channels, escalated, environment, remarks)
    );
  }
  return parts;
}

function channelsOf({ frozen }: Subject, { channels }: AlertRoute, remarks: Set<string>): Channel[] {
  const known = frozen.environment.channels ?? [];
  return channels.flatMap((name) => {
    const channel = known.find((each) => each.name === name);
    if (!channel) remarks.add(`channel ${name}: the environment ${frozen.environment.id} has no such channel`);
    return channel ? [channel] : [];
  });
}

/** Without routes of the plan everybody is told by the channels through which the environment tells of runs. */
function byEnvironment(subject: Subject, remarks: Set<string>): Parts {
  const { environment } = subject.frozen;
  const receiver = receiverOf('environment', environment.notify, { to: [], prefix: '' }, environment, remarks);
  const routes = levels.map((level) => ({
    receiver: 'environment',
    matchers: [`severity="${level}"`, ...own(subject)],
    repeat_interval: level === 'critical' ? '15m' : '4h',
  }));
  return { fallback: 'environment', routes, receivers: [receiver] };
}
