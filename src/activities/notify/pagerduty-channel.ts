import type { Channel } from '../../plan/model.js';
import { beginning } from '../../plan/text/clean.js';
import type { NotificationKind } from '../contract.js';
import type { Tools } from '../deps.js';
import { postJson, runbookOf, type Message, type NotifyChannel } from './channel.js';

/** What PagerDuty takes at most. */
const longestSummary = 1_024;

/**
 * Notifications as events of PagerDuty's Events API v2. All that is told of one alert or incident has one `dedup_key`, so
 * that it is one incident there: triggered, acknowledged and resolved as it is here. An incident shares it with the alerts
 * that it comes from, and ends it. What is neither triggers, under its run and address, and is resolved by people.
 */
export function createPagerDutyChannel(
  channel: Extract<Channel, { kind: 'pagerduty' }>,
  { secrets, fetch }: Pick<Tools, 'secrets' | 'fetch'>
): NotifyChannel {
  return {
    name: channel.name,
    async deliver(message, signal, taken = new Set()) {
      if (callsNobody(message.notification)) return;
      const routingKey = secrets.resolve(channel.routingKey);
      for (const event of eventsOf(message).filter(({ dedup_key: key }) => !taken.has(key))) {
        const body = { ...secrets.scrubAll(event), routing_key: routingKey };
        await postJson({ url: secrets.resolve(channel.url), json: JSON.stringify(body), signal }, fetch, 'refused');
        taken.add(event.dedup_key);
      }
    },
  };
}

/** Who has a page with others is called again by the incident: after its end an alert's reminder would open it anew. */
function callsNobody({ alert, incident, kind }: Message['notification']): boolean {
  return incident?.event === 'none' || (alert?.page !== undefined && (kind === 'reminder' || kind === 'escalation'));
}

interface Event {
  event_action: string;
  dedup_key: string;
  [field: string]: unknown;
}

/** Of an incident also those of the other pages that it answers and ends. */
function eventsOf(message: Message): Event[] {
  const own = eventOf(message);
  const { pages = [] } = message.notification.incident ?? {};
  return [own, ...pages.map((page) => ({ ...own, dedup_key: page }))];
}

function eventOf({ notification, environment, at }: Message): Event {
  const { alert, incident, run, address, title, text, kind, to, remarks } = notification;
  const action = alert?.event ?? incident?.event ?? 'trigger';
  const runbook = runbookOf(notification);
  const key = { event_action: action, dedup_key: dedupKeyOf(notification) };
  if (action !== 'trigger') return key;
  return {
    ...key,
    client: 'phasegate',
    payload: {
      summary: beginning(title, longestSummary),
      source: run,
      severity: severityOf(notification),
      timestamp: new Date(at).toISOString(),
      component: alert?.metric ?? address ?? run,
      group: environment.id,
      class: kind,
      custom_details: { text, to, environment: environment.title, remarks },
    },
    ...(runbook === undefined ? {} : { links: [{ href: runbook, text: 'Runbook' }] }),
  };
}

/** An alert shares the page of others when it calls people: what is said of it alone does not end or answer that one. */
function dedupKeyOf({ alert, incident, run, address }: Message['notification']): string {
  if (alert) return alert.event === 'trigger' ? (alert.page ?? alert.dedupKey) : alert.dedupKey;
  return incident?.page ?? `${run}/${address ?? 'run'}`;
}

function severityOf({ alert, incident, kind }: Message['notification']): string {
  if (alert) return severities[alert.level];
  return incident ? incidentSeverities[incident.severity] : (kindSeverities[kind] ?? 'info');
}

const incidentSeverities = { 1: 'critical', 2: 'error', 3: 'warning' } as const;
const severities = { critical: 'critical', warning: 'warning', 'no-data': 'error' } as const;
const kindSeverities: Partial<Record<NotificationKind, string>> = {
  'undo-failed': 'critical',
  rollback: 'error',
  hold: 'error',
  escalation: 'warning',
};
