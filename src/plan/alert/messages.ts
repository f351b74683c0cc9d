import { alertText, templateFor, type AlertText } from '../alert-text.js';
import { guardKey } from '../guard/status.js';
import { addressesOf } from '../people.js';
import { remarksOf } from '../names.js';
import type { AlertInput } from '../run-input.js';
import { alertAckLine, declareLine, incidentAckLines } from '../text/command-lines.js';
import { spanText } from '../text/spans.js';
import type { AlertMessageKind } from '../watch-status.js';
import type { AlertState } from './course.js';
import { recipientsOf } from './routing.js';

type Event = 'trigger' | 'acknowledge' | 'resolve';

/** What one channel is told of an alert: a notification, as the activity takes it. */
export interface AlertMessage {
  kind: 'alert' | 'reminder' | 'escalation' | 'acknowledged' | 'recovered';
  run: string;
  title: string;
  text: string;
  to: string[];
  dedupKey: string;
  remarks: string[];
  addresses: string[];
  alert: {
    dedupKey: string;
    event: Event;
    metric: string;
    level: AlertState['crossing']['level'];
    page?: string;
    runbook?: string;
  };
}

/** The words of an alert as it stands. */
export function wordsOf(input: AlertInput, { crossing, route }: Pick<AlertState, 'crossing' | 'route'>): AlertText {
  const { alerts, metric, description, impact, run, environment } = input;
  if (input.key === guardKey && crossing.level === 'no-data') return blindWords(run.workflowId, crossing.reason);
  const template = templateFor(alerts, metric, crossing.level);
  const facts = {
    metric,
    level: crossing.level,
    reason: crossing.reason,
    environment: environment.title,
    plan: run.planTitle,
    run: run.workflowId,
    ...(crossing.value === undefined ? {} : { value: String(crossing.value) }),
    ...crossing.context,
  };
  const about = { name: metric, description, ...(impact ? { impact } : {}) };
  const words = alertText(template, facts, about, crossing.level);
  const { worse } = input;
  // Where it was critical before, what it is has been decided.
  if (!worse || crossing.level !== 'warning' || route !== 'warning') return words;
  const declared = `If it is "${worse.title}" already, severity ${worse.severity}, declare it: ${declareLine(run.workflowId, worse.cause)}`;
  return { ...words, message: `${words.message}\n\n${declared}` };
}

/** Of the guard itself, which is no metric: what it means that it cannot see. */
function blindWords(run: string, reason: string): AlertText {
  const meaning = 'While that lasts nobody sees what the run does, and nothing is taken back by itself.';
  return {
    title: 'NO DATA: the guard can measure nothing',
    message: [meaning, '', `- Why: ${reason}`, `- Run: ${run}`].join('\n'),
  };
}

/** By what others recognise what they are told. */
export interface AlertKeys {
  /** The alert: the same for each that a metric has in a run, one after the other. */
  alert: string;
  /** Begins the keys of its messages: another one for each alert, or a receiver would take the second for the first told again. */
  messages: string;
}

/** @param number which message of the alert it is: the same one sent again has the same */
export function alertMessage(
  input: AlertInput,
  state: AlertState,
  kind: AlertMessageKind,
  keys: AlertKeys,
  number: number
): AlertMessage {
  const { title, message, runbook } = wordsOf(input, state);
  const to = recipientsOf(input, state);
  return {
    kind: kinds[kind],
    run: input.run.workflowId,
    ...said(kind, state, { title, message }, answerOf(input, state)),
    to,
    dedupKey: `${keys.messages}/${kind}/${number}`,
    remarks: remarksOf(input.environment),
    addresses: addressesOf(input.environment, to),
    alert: {
      dedupKey: keys.alert,
      event: kind === 'acknowledged' ? 'acknowledge' : kind === 'recovered' ? 'resolve' : 'trigger',
      metric: input.metric,
      level: state.crossing.level,
      ...(state.page === undefined ? {} : { page: state.page }),
      ...(runbook === undefined ? {} : { runbook }),
    },
  };
}

/** That a channel takes nothing, for the others. */
export function channelDownMessage(
  input: AlertInput,
  state: AlertState,
  keys: AlertKeys,
  down: { channel: string; reason: string }
): AlertMessage {
  const told = alertMessage(input, state, 'channel-down', keys, 1);
  // A page that it has with others is the incident's: after its end this would open it again, with nobody to end it.
  const { page: _page, ...alert } = told.alert;
  return {
    ...told,
    alert,
    title: `Channel ${down.channel} does not take alerts`,
    text: `${down.reason}. Whoever is told by ${down.channel} may not know of: ${wordsOf(input, state).title}.`,
    dedupKey: `${keys.messages}/channel-down/${down.channel}`,
  };
}

const kinds = {
  opened: 'alert',
  raised: 'alert',
  'channel-down': 'alert',
  reminder: 'reminder',
  escalation: 'escalation',
  acknowledged: 'acknowledged',
  recovered: 'recovered',
} as const;

/** How people answer it: what calls them stops only by its own acknowledgement. */
function answerOf({ run, key }: AlertInput, { page }: AlertState): string {
  if (page === undefined) return `Acknowledge with: ${alertAckLine(run.workflowId, key)}`;
  return `Its incident calls people; acknowledge that with: ${incidentAckLines(run.workflowId)}`;
}

function said(
  kind: AlertMessageKind,
  { news, openedAt, acknowledged, escalatedAt, closedAt, reminders }: AlertState,
  { title, message }: AlertText,
  acknowledge: string
): { title: string; text: string } {
  switch (kind) {
    case 'opened':
    case 'channel-down':
    case 'raised':
      return { title, text: `${message}\n${acknowledge}` };
    case 'reminder':
      return {
        title: `Reminder ${reminders}: ${title}`,
        text: `Nobody has acknowledged it yet. ${message}\n${acknowledge}`,
      };
    case 'escalation':
      return {
        title: `Escalation: ${title}`,
        text: `Nobody acknowledged it for ${spanText((escalatedAt ?? openedAt) - openedAt)}. ${message}\n${acknowledge}`,
      };
    case 'acknowledged':
      return {
        title: `Acknowledged by ${acknowledged?.by ?? 'somebody'}: ${title}`,
        text: `${acknowledged?.by ?? 'Somebody'} takes care of it. ${message}`,
      };
    case 'recovered': {
      const lasted = spanText((closedAt ?? openedAt) - openedAt);
      const word = news.level === 'unwatched' ? 'No longer watched' : 'Recovered';
      return { title: `${word}: ${title}`, text: `${news.reason}. It was open for ${lasted}.` };
    }
  }
}
