import { incidentAddressOf } from '../../plan/names.js';
import { inValidation } from '../../plan/phases.js';
import { componentLine, postMortemLine, resolveLine, runName } from '../../plan/text/command-lines.js';
import { owedFor } from '../read/incident-debt.js';
import { sinceWords } from '../read/incidents.js';
import type { IncidentStatus } from '../../plan/watch-status.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { untilText } from '../render/time.js';
import { hanging } from '../render/width.js';
import { commandLines } from './command-lines.js';
import { line, type Line } from './line.js';
import { resolutionLines } from './resolution-lines.js';
import type { View } from './view.js';

/** Open incidents, a line each: what, how it stands, who owes what until when; below it what to type. */
export function incidentLines(snapshot: RunSnapshot, view: View): Line[] {
  return (snapshot.incidents ?? [])
    .filter(({ state }) => state !== 'closed')
    .flatMap((incident) => incidentBlock(incident, snapshot, view));
}

function incidentBlock(incident: IncidentStatus, snapshot: RunSnapshot, view: View): Line[] {
  const { number, severity, state, title, warRoom, rollback } = incident;
  const { paint, now, columns } = view;
  const address = incidentAddressOf(number);
  const debt = owedFor(incident, snapshot.frozen);
  const until = debt?.until === undefined ? '' : ` ${untilText(debt.until, now)}`;
  const room = warRoom && state !== 'resolved' ? '; war room open' : '';
  // What the metrics are looked at for stands below, with how far they are.
  const owed = debt && !incident.validating ? `; ${debt.who}: ${debt.what}${until}` : '';
  const owes = incident.asOf === undefined ? owed : `; ${sinceWords(incident.asOf)}`;
  const head = `${address} severity ${severity}, ${state}: ${title}${room}${owes}`;
  const tone = severity === 1 && state !== 'resolved' ? 'bad' : 'warn';
  const name = runName(snapshot.run.workflowId);
  const held = rollback?.state === 'asked' && !snapshot.run.outcome;
  // There a phase that is named would be refused.
  const alone = held && !inValidation(snapshot.frozen.plan.phases, snapshot.run.phases);
  return [
    ...hanging('! ', head, columns).map((text) => line(paint(tone, text))),
    ...resolutionLines(incident, snapshot.frozen, snapshot.windows, view),
    ...(incident.validating ? [] : commandLines(nextCommand(incident, name), view)),
    ...(alone && incident.phase !== undefined ? commandLines(componentLine(name, incident.phase), view) : []),
  ];
}

/** The command that brings an incident one step further. */
function nextCommand({ state, number }: IncidentStatus, run: string): string {
  if (state === 'open') return `phasegate incident ack ${incidentAddressOf(number)} ${run}`;
  return state === 'resolved' ? postMortemLine(run, number) : resolveLine(run, number);
}
