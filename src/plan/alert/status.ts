import type { AlertInput } from '../run-input.js';
import { alertAckLine, incidentAckLines } from '../text/command-lines.js';
import { instantText, oneOf } from '../text/spans.js';
import type { AlertStatus } from '../watch-status.js';
import { isClosed, type AlertState } from './course.js';
import { wordsOf } from './messages.js';
import { recipientsOf } from './routing.js';

type Told = Pick<AlertStatus, 'workflowId' | 'runId' | 'dedupKey' | 'deliveries' | 'refusals'>;

/** What the `status` query of an alert answers. */
export function alertStatus(input: AlertInput, state: AlertState, told: Told): AlertStatus {
  const { crossing, acknowledged, escalatedAt, closedAt, openedAt } = state;
  return {
    schemaVersion: 1,
    ...told,
    metric: input.metric,
    level: crossing.level,
    state: isClosed(state) ? 'closed' : acknowledged ? 'acknowledged' : 'firing',
    ...wordsOf(input, state),
    reason: isClosed(state) ? state.news.reason : crossing.reason,
    openedAt,
    ...(acknowledged ? { acknowledged } : {}),
    ...(escalatedAt === undefined ? {} : { escalatedAt }),
    ...(closedAt === undefined ? {} : { closedAt }),
    sentence: sentenceOf(input, state, told.deliveries),
  };
}

function sentenceOf(input: AlertInput, state: AlertState, deliveries: AlertStatus['deliveries']): string {
  const { title } = wordsOf(input, state);
  const failing = [...new Set(deliveries.filter((one) => one.state === 'failing').map(({ channel }) => channel))];
  const trying = failing.length > 0 ? ` ${failing.join(', ')} did not take it yet and is tried again.` : '';
  return `${whatNow(input, state, title)}${trying}`;
}

function whatNow(input: AlertInput, state: AlertState, title: string): string {
  const { acknowledged, escalateAt, remindAt, recoverAt, news, page } = state;
  if (isClosed(state)) return `${title}: closed, ${news.reason}.`;
  if (recoverAt !== undefined)
    return `${title}: the metric is back; it closes at ${instantText(recoverAt)} when that lasts.`;
  if (acknowledged)
    return `${title}: ${acknowledged.by} takes care of it since ${instantText(acknowledged.at)}; it closes when the metric is back.`;
  if (page !== undefined)
    return `${title}: its incident calls people (${incidentAckLines(input.run.workflowId)}); it closes when the metric is back.`;
  const spec = input.alerts?.routes[state.route];
  const next =
    escalateAt !== undefined && spec
      ? `at ${instantText(escalateAt)} it goes to ${spec.escalate.to.join(', ')}`
      : `everybody is reminded at ${instantText(remindAt ?? state.openedAt)}`;
  const who = oneOf(recipientsOf(input, state));
  return `${title}: waits for ${who} to acknowledge (${alertAckLine(input.run.workflowId, input.key)}); ${next}.`;
}
