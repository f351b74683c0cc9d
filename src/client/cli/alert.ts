import type { ExitCode } from '../../plan/outcome.js';
import { instantText } from '../../plan/text/spans.js';
import type { AlertStatus } from '../../plan/watch-status.js';
import type { ListedAlert } from '../read/alerts.js';
import { safeJson } from '../render/clean.js';
import type { Paint, Tone } from '../render/paint.js';
import { table } from '../render/table.js';
import { tellSent } from './answer.js';
import type { Context } from './context.js';
import { fitting } from './io.js';

export interface ListOptions {
  closed?: boolean;
  output: 'table' | 'json' | 'name';
}

export interface AckOptions {
  reason?: string;
  output: 'table' | 'json';
}

export async function listAlerts(context: Context, options: ListOptions, reference: string | undefined): Promise<void> {
  const client = await context.connect();
  const run = reference === undefined ? undefined : await client.resolveRun(reference);
  const { alerts, workerAnswered } = await client.alerts({ all: options.closed === true, ...(run ? { run } : {}) });
  if (!workerAnswered) {
    context.note(
      'no worker answers for some alerts: their line is what Temporal itself knows. Start one with: phasegate worker'
    );
  }
  if (options.output === 'json') context.print(safeJson({ schemaVersion: 1, workerAnswered, alerts }, 2));
  else if (options.output === 'name') context.print(...alerts.map(({ address }) => address));
  else if (alerts.length === 0) context.note(options.closed ? 'There is no alert.' : 'No alert is open.');
  else context.print(...fitting(table([header, ...alerts.map((alert) => row(alert, context.paint))]), context.io.out));
}

const header = ['ALERT', 'LEVEL', 'STATE', 'SINCE', 'WHAT'];

function row({ address, state, startedAt, status }: ListedAlert, paint: Paint): string[] {
  const { symbol, tone } = marks[state];
  return [
    address,
    status ? paint(status.level === 'critical' ? 'bad' : 'warn', status.level) : '',
    paint(tone, `${symbol} ${state}${state === 'acknowledged' ? ` by ${status?.acknowledged?.by ?? 'somebody'}` : ''}`),
    instantText(status?.openedAt ?? startedAt),
    status ? what(status) : '',
  ];
}

/** Nobody closes an alert: its metric is back, or nobody watches it any more. */
function what({ title, reason, closedAt, acknowledged }: AlertStatus): string {
  if (closedAt === undefined) return `${title}: ${reason}`;
  const who = acknowledged ? `acknowledged by ${acknowledged.by}` : 'acknowledged by nobody';
  return `${title}: closed ${instantText(closedAt)}, ${reason}; ${who}`;
}

const marks: Record<ListedAlert['state'], { symbol: string; tone: Tone }> = {
  firing: { symbol: '✖', tone: 'bad' },
  acknowledged: { symbol: '◷', tone: 'warn' },
  closed: { symbol: '✔', tone: 'good' },
  unknown: { symbol: '?', tone: 'warn' },
};

export async function acknowledgeAlert(
  context: Context,
  { reason, output }: AckOptions,
  reference: string | undefined
): Promise<ExitCode> {
  const client = await context.connect();
  const alert = await client.resolveAlert(reference);
  context.note(`acknowledge ${alert.workflowId}, as ${context.me.name}…`);
  return tellSent(context, await client.acknowledge(alert, { by: context.me.name, reason }), output);
}
