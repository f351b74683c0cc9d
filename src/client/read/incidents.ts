import { PhasegateError } from '../../plan/errors.js';
import { freshIncident } from '../../plan/incidents/course.js';
import { incidentStatus } from '../../plan/incidents/status.js';
import { incidentAddress, incidentAddressOf, incidentWorkflowId } from '../../plan/names.js';
import type { IncidentInput } from '../../plan/run-input.js';
import { bringBackLine, runName } from '../../plan/text/command-lines.js';
import { instantText } from '../../plan/text/spans.js';
import type { IncidentStatus } from '../../plan/watch-status.js';
import type { Link } from '../connection/link.js';
import { cleanDeep } from '../render/clean.js';
import { atWork } from './at-work.js';
import { describeIfOf, describeRun, type Described } from './describe.js';
import { readHistory, type HistoryFacts } from './history.js';
import { queryStatus } from './query.js';
import type { LiveWindow, RunRef } from './snapshot.js';
import { quoted } from './visibility.js';

/**
 * An incident's status without a worker: what it returned, or what it was handed over when its execution began. One that was
 * ended from outside is closed, since nobody is called or reminded by it any more.
 */
export function incidentFromHistory(
  { input, result, startedAt, workflowId, runId }: HistoryFacts,
  { open, status: ending, closedAt }: Pick<Described, 'open' | 'status' | 'closedAt'>
): IncidentStatus {
  const last = result as Partial<IncidentStatus> | undefined;
  if (last?.schemaVersion === 1 && last.timeline) return last as IncidentStatus;
  const given = input as IncidentInput;
  const status = incidentStatus(given, given.state ?? freshIncident(given, startedAt), { workflowId, runId });
  if (open) return { ...status, asOf: startedAt, sentence: `${status.sentence} ${sinceWords(startedAt)}.` };
  const ended = incidentEnded(status, { status: ending, at: closedAt ?? startedAt });
  return { ...ended, sentence: `${ended.sentence} What came after ${instantText(startedAt)} is not known here.` };
}

/** What somebody ended from outside still says that it is open. */
export function incidentEnded(
  incident: IncidentStatus,
  { status, at }: Pick<Described, 'status'> & { at: number }
): IncidentStatus {
  const { severity, title, timeline, workflowId, postMortem } = incident;
  const endedAs = status.toLowerCase().replaceAll('_', ' ');
  // One that was not resolved was followed by another, which owes it.
  const isOwed = incident.state === 'resolved' && postMortem.done === undefined;
  const owed = isOwed ? ` Its post-mortem is owed still; bring it back: ${bringBackLine(workflowId)}.` : '';
  return {
    ...incident,
    state: 'closed',
    endedAs,
    timeline: [...timeline, { at, text: `it was ${endedAs}` }],
    sentence: `Severity ${severity}, ${endedAs} at ${instantText(at)}: ${title}. Nobody is called or reminded by it any more.${owed}`,
  };
}

/** Of a status that is of an earlier instant. */
export function sinceWords(asOf: number): string {
  return `No worker tells what came after ${instantText(asOf)}`;
}

/** Ids of the incidents below a migration's id: those of one of its runs, and those of others that are still open. */
export async function incidentIds(link: Link, migration: string, firstRunId: string): Promise<string[]> {
  const query = `WorkflowType = 'incident' AND WorkflowId STARTS_WITH ${quoted(`${migration}/`)} AND (PhasegateRun = ${quoted(firstRunId)} OR ExecutionStatus = 'Running')`;
  return link.call(`list ${query}`, async () => {
    const found = new Set<string>();
    for await (const { workflowId } of link.temporal.workflow.list({ query })) found.add(workflowId);
    return [...found].toSorted((a, b) => numberIn(a) - numberIn(b));
  });
}

function numberIn(workflowId: string): number {
  return Number(incidentAddress(workflowId)?.split('/')[1] ?? 0);
}

/** An incident, and the windows in which its metrics are looked at now. */
export interface IncidentAtWork {
  incident: IncidentStatus;
  windows: LiveWindow[];
}

/** What an incident says of itself, or what its history tells. */
export async function readIncident(link: Link, described: Described): Promise<IncidentAtWork> {
  const { open, workflowId, runId } = described;
  const ref = { workflowId, runId };
  const { windows } = atWork(described);
  // What it came to is in its result, or else only in itself.
  const asked = described.status === 'COMPLETED' ? undefined : await queryStatus<IncidentStatus>(link, ref);
  if (asked && 'status' in asked) {
    const at = described.closedAt ?? described.startedAt;
    return { incident: open ? asked.status : incidentEnded(asked.status, { status: described.status, at }), windows };
  }
  return { incident: cleanDeep(incidentFromHistory(await readHistory(link, ref), described)), windows };
}

/**
 * The incident that somebody means by `incident/3` or `3`.
 *
 * @throws PhasegateError PG222 when there is none
 */
export async function findIncident(link: Link, run: RunRef, written: string): Promise<Described> {
  const number = /^(?:incident\/)?(\d{1,6})$/i.exec(written.trim())?.[1];
  const id = number === undefined ? undefined : incidentWorkflowId(run.workflowId, Number(number));
  const found = id === undefined ? undefined : await describeIfOf(link, id);
  if (found) return found;
  const name = runName(run.workflowId);
  const { firstRunId } = await describeRun(link, run.workflowId, run.runId);
  const known = (await incidentIds(link, run.workflowId, firstRunId)).map((one) => incidentAddressOf(numberIn(one)));
  const there = known.length > 0 ? `it has ${known.join(', ')}` : 'it has none';
  throw new PhasegateError('PG222', `${name} has no ${written}: ${there}`, {
    hint: `See them: phasegate incident list ${name}`,
  });
}
