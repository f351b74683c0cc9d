import type { FrozenPlan } from '../../plan/model.js';
import { incidentAddressOf } from '../../plan/names.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { runName } from '../../plan/text/command-lines.js';
import { instantText } from '../../plan/text/spans.js';
import type { IncidentStatus } from '../../plan/watch-status.js';
import { owedFor } from '../read/incident-debt.js';
import { sinceWords } from '../read/incidents.js';
import { clean, safeJson } from '../render/clean.js';
import { table } from '../render/table.js';
import { untilText } from '../render/time.js';
import { hanging } from '../render/width.js';
import { incidentChecklist, incidentFacts } from '../report/incident-parts.js';
import type { Context } from './context.js';
import { fitting } from './io.js';

/** A line for each incident: how it stands, and who owes what until when. */
export async function listIncidents(
  context: Context,
  reference: string | undefined,
  output: 'table' | 'json'
): Promise<ExitCode> {
  const client = await context.connect();
  const run = await client.resolveRun(reference);
  const incidents = await client.incidents(run);
  if (output === 'json') context.print(safeJson({ schemaVersion: 1, incidents }, 2));
  else if (incidents.length === 0) context.note(`${runName(run.workflowId)} has no incident.`);
  else {
    const { frozen } = await client.status(run, 'open');
    if (incidents.some(({ asOf }) => asOf !== undefined)) {
      const where = `--env ${frozen.environment.id}`;
      context.note(
        `no worker answers for some incidents: they may have changed. Start one with: phasegate worker ${where}`
      );
    }
    const now = context.io.now();
    const rows = incidents.map((one) => {
      return [
        incidentAddressOf(one.number),
        String(one.severity),
        one.endedAs ?? (one.asOf === undefined ? one.state : `${one.state}?`),
        instantText(one.openedAt),
        one.title,
        owes(one, frozen, now),
      ];
    });
    const head = ['INCIDENT', 'SEVERITY', 'STATE', 'OPENED', 'WHAT', 'WHO OWES WHAT'];
    context.print(...fitting(table([head, ...rows]), context.io.out));
  }
  return exitCodes.ok;
}

function owes(incident: IncidentStatus, frozen: FrozenPlan, now: number): string {
  if (incident.asOf !== undefined) return sinceWords(incident.asOf);
  const debt = owedFor(incident, frozen);
  if (!debt) return '';
  return `${debt.who}: ${debt.what}${debt.until === undefined ? '' : ` ${untilText(debt.until, now)}`}`;
}

/** The draft of an incident's post-mortem, to write on. */
export async function printDraft(context: Context, written: string, reference: string | undefined): Promise<ExitCode> {
  const client = await context.connect();
  const run = await client.resolveRun(reference);
  const draft = await client.postMortemDraft(run, await client.incident(run, written));
  context.print(clean(draft).trimEnd());
  return exitCodes.ok;
}

/** Everything about one incident. */
export async function showIncident(
  context: Context,
  written: string,
  reference: string | undefined,
  output: 'table' | 'json'
): Promise<ExitCode> {
  const client = await context.connect();
  const run = await client.resolveRun(reference);
  const incident = await client.incident(run, written);
  if (output === 'json') context.print(safeJson(incident, 2));
  else context.print(...lines(incident, runName(run.workflowId), context));
  return exitCodes.ok;
}

function lines(incident: IncidentStatus, run: string, { paint, columns }: Context): string[] {
  const { number, sentence, timeline, refusals } = incident;
  const rows = incidentChecklist(incident).map(([what = '', done = '', by = '', note = '']) => [
    done === 'not done' ? '·' : '✔',
    what,
    [done, by && `by ${by}`, note].filter((part) => part !== '').join(' '),
  ]);
  const block = (title: string, content: string[]): string[] =>
    content.length > 0 ? ['', paint('strong', title), ...content] : [];
  return [
    // The sentence says its severity, its state and what it is about.
    paint('strong', `${incidentAddressOf(number)} of ${run}`),
    ...hanging('', sentence, columns),
    ...block('How it stands', table(incidentFacts(incident))),
    ...block('Procedure and tasks', table(rows)),
    ...block(
      'Ids for assign and step',
      [idsOf(incident)].filter((text) => text !== '')
    ),
    ...block('Timeline', table(timeline.map(({ at, text }) => [instantText(at), text]))),
    ...block(
      'Not taken',
      table(refusals.map(({ at, message, by, reason }) => [instantText(at), message, by ?? 'somebody', reason]))
    ),
  ];
}

function idsOf({ warRoom, tasks }: IncidentStatus): string {
  const roles = (warRoom?.roles ?? []).map(({ id }) => id);
  const steps = [...(warRoom?.steps ?? []), ...tasks].map(({ id }) => id);
  return [
    ...(roles.length > 0 ? [`roles: ${roles.join(', ')}`] : []),
    ...(steps.length > 0 ? [`steps and tasks: ${steps.join(', ')}`] : []),
  ].join('; ');
}
