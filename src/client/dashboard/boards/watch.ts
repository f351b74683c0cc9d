import { isUnresolved } from '../../../plan/incidents/status.js';
import { spanText } from '../../../plan/text/spans.js';
import type { AlertStatus, GuardStatus, IncidentStatus, MetricState } from '../../../plan/watch-status.js';
import type { WatchParts } from '../../read/watch-parts.js';
import type { Block, Cell, Mark, Tone } from '../document.js';
import { labelOf } from '../figures.js';
import { mark, worst } from '../marks.js';
import type { View } from '../seen.js';

const mostRows = 8;

const levels: Record<MetricState | AlertStatus['level'], Mark> = {
  ok: mark('good', 'ok'),
  'off-target': mark('warn', 'off target', '▲'),
  warning: mark('warn', 'warning'),
  critical: mark('bad', 'critical'),
  'no-data': mark('warn', 'no data', '?'),
};

/** The incidents, open ones first; without a guard it says who would open one. */
export function incidentBlocks({ watch, now }: View): Block[] {
  const host = watch.incidents.find((one) => one.warRoom && isUnresolved(one));
  const rows = byGravity(watch.incidents)
    .slice(0, mostRows)
    .map((incident): Cell[] => [
      { text: `#${incident.number} ${incident.title}`, sub: incident.sentence },
      { text: `severity ${incident.severity}`, mark: severityMark(incident) },
      responseCell(incident, now),
      warRoomCell(incident, host),
    ]);
  const table: Block[] =
    rows.length > 0
      ? [{ kind: 'table', caption: 'Incidents', columns: ['Incident', 'Severity', 'Response', 'War room'], rows }]
      : [
          {
            kind: 'note',
            mark: watch.guard ? mark('good', 'none') : mark('dim', 'none'),
            text: 'No incident is known of this run.',
          },
        ];
  return [...(watch.guard ? [] : guardNote(watch)), ...table, ...silentNote(watch.silent)];
}

/** What needs somebody first: not resolved before resolved, the graver before the others, the newest first. */
export function byGravity(incidents: readonly IncidentStatus[]): IncidentStatus[] {
  const rank = (one: IncidentStatus): number => (isUnresolved(one) ? 0 : one.state === 'resolved' ? 1 : 2);
  return incidents.toReversed().toSorted((a, b) => rank(a) - rank(b) || a.severity - b.severity);
}

/** One line for those who look at nothing else. */
export function incidentLine({ severity, number, title, acknowledged, warRoom }: IncidentStatus): {
  tone: Tone;
  text: string;
} {
  const who = acknowledged ? `${acknowledged.by} responds` : 'nobody has responded yet';
  const room = warRoom ? ', war room open' : '';
  return {
    tone: severity === 1 ? 'bad' : 'warn',
    text: `Severity ${severity}, incident ${number}: ${title} (${who}${room})`,
  };
}

function severityMark({ severity, state }: IncidentStatus): Mark {
  if (state === 'closed' || state === 'resolved') return mark('dim', state, '✔');
  return mark(severity === 1 ? 'bad' : 'warn', state);
}

function responseCell({ acknowledged, escalatedAt, respondBy }: IncidentStatus, now: number): Cell {
  const escalated = escalatedAt === undefined ? {} : { sub: `escalated ${spanText(now - escalatedAt)} ago` };
  if (acknowledged) return { text: `acknowledged by ${acknowledged.by}`, ...escalated };
  const text = now > respondBy ? `overdue for ${spanText(now - respondBy)}` : `due in ${spanText(respondBy - now)}`;
  return { text, mark: mark(now > respondBy ? 'bad' : 'warn', 'not acknowledged', '◷'), ...escalated };
}

/** A run has one war room at a time: what else is open meanwhile is led in it. */
function warRoomCell(incident: IncidentStatus, host: IncidentStatus | undefined): Cell {
  const { warRoom } = incident;
  if (!warRoom) return host && isUnresolved(incident) ? `that of #${host.number}` : 'none';
  const done = warRoom.steps.filter(({ doneAt }) => doneAt !== undefined).length;
  return { text: `step ${Math.min(done + 1, warRoom.steps.length)} of ${warRoom.steps.length}`, sub: warRoom.steps[done]?.title ?? 'all done' }; // prettier-ignore
}

/** What the guard sees, and the alerts that it raised, newest first. */
export function alertBlocks({ watch, now }: View): Block[] {
  const rows = watch.alerts
    .toReversed()
    .slice(0, mostRows)
    .map((alert): Cell[] => [
      { text: alert.title, sub: alert.reason },
      {
        text: levels[alert.level].word,
        mark: alert.state === 'closed' ? mark('dim', 'closed', '✔') : levels[alert.level],
      },
      stateCell(alert, now),
      deliveryCell(alert),
    ]);
  const history: Block =
    rows.length > 0
      ? { kind: 'table', caption: 'Alerts, newest first', columns: ['Alert', 'Level', 'State', 'Told'], rows }
      : { kind: 'note', mark: mark('dim', 'none'), text: 'No alert is known of this run.' };
  return [...guardNote(watch), ...patterns(watch.alerts), history, ...watched(watch.guard, now)];
}

function stateCell({ state, acknowledged, openedAt, closedAt }: AlertStatus, now: number): Cell {
  if (closedAt !== undefined) return { text: 'closed', sub: `after ${spanText(closedAt - openedAt)}` };
  const open = `open for ${spanText(now - openedAt)}`;
  return acknowledged ? { text: `acknowledged by ${acknowledged.by}`, sub: open } : { text: state, sub: open };
}

function deliveryCell({ deliveries }: AlertStatus): Cell {
  const channels = [...new Set(deliveries.filter(({ state }) => state === 'delivered').map(({ channel }) => channel))];
  const failing = deliveries.filter(({ state }) => state !== 'delivered');
  const text = channels.length > 0 ? channels.join(', ') : 'nobody yet';
  const [first] = failing;
  return first
    ? { text, mark: mark('warn', first.state), sub: `${first.channel}: ${first.reason ?? first.state}` }
    : text;
}

/** Which metrics alert again and again. */
function patterns(alerts: readonly AlertStatus[]): Block[] {
  const counts = new Map<string, number>();
  for (const { metric } of alerts) counts.set(metric, (counts.get(metric) ?? 0) + 1);
  const often = [...counts].filter(([, count]) => count > 1).toSorted(([, a], [, b]) => b - a);
  if (often.length === 0) return [];
  const text = often.map(([name, count]) => `${labelOf({ name })} ${count} times`).join(', ');
  return [{ kind: 'note', mark: mark('warn', 'again and again'), text: `Alerted more than once: ${text}` }];
}

function watched(guard: GuardStatus | undefined, now: number): Block[] {
  if (!guard || guard.metrics.length === 0) return [];
  const rows = guard.metrics.map(({ metric, state, since }): Cell[] => [
    labelOf({ name: metric }),
    { text: levels[state].word, mark: levels[state] },
    `for ${spanText(now - since)}`,
  ]);
  return [{ kind: 'table', caption: 'Watched by the guard', columns: ['Metric', 'State', 'Since'], rows }];
}

function guardNote({ guard, silent }: WatchParts): Block[] {
  if (!guard && silent.some((workflowId) => workflowId.endsWith('/guard'))) {
    return [{ kind: 'note', mark: mark('warn', 'silent', '?'), text: 'There is a guard, and it does not say how it stands.' }]; // prettier-ignore
  }
  if (!guard) {
    return [
      {
        kind: 'note',
        mark: mark('warn', 'no guard watches'),
        text: 'No guard watches: nothing but the steps of the run looks at its metrics.',
      },
    ];
  }
  const seen = guard.metrics.map(({ state }) => levels[state]).filter(({ tone }) => tone !== 'good');
  const watching = worst(seen) ?? mark('good', 'watching');
  const marks = { watching, blind: mark('bad', 'blind'), ended: mark('dim', 'ended') };
  return [{ kind: 'note', mark: marks[guard.state], text: guard.sentence }];
}

function silentNote(silent: readonly string[]): Block[] {
  if (silent.length === 0) return [];
  return [
    { kind: 'note', mark: mark('warn', 'silent', '?'), text: `Did not say how they stand: ${silent.join(', ')}` },
  ];
}
