import type { AlertStatus } from '../watch-status.js';
import { bullets, panel, paragraphs, plain, signed } from './markdown.js';
import { instantText } from './spans.js';

/** The panel of an alert in the Temporal UI. */
export function alertDetails(status: AlertStatus, remarks: readonly string[]): string {
  const { acknowledged, escalatedAt, runbook, deliveries, refusals } = status;
  const told = deliveries.map(({ channel, kind, state, at, reason }) =>
    signed(state === 'delivered' ? 'done' : state, plain(`${channel}: ${kind}, ${instantText(at)}`), reason)
  );
  return panel([
    `**${plain(status.sentence)}**`,
    paragraphs(status.message),
    runbook === undefined ? '' : `Runbook: ${plain(runbook)}`,
    acknowledged ? `Acknowledged by ${plain(acknowledged.by)}, ${instantText(acknowledged.at)}.` : '',
    escalatedAt === undefined ? '' : `Escalated ${instantText(escalatedAt)}.`,
    remarks.length > 0 ? `_${plain(remarks.join('; '))}_` : '',
    bullets('Told, newest first', told.toReversed()),
    bullets(
      'Not taken',
      refusals.map(({ message, by, reason }) => plain(`${message} of ${by ?? 'somebody'}: ${reason}`))
    ),
    status.state === 'closed' ? '' : '_A Temporal cancel closes the alert; it opens again with the next bad sample._',
  ]);
}
