import { beyondTitle, troubleWords } from '../../plan/incidents/classify.js';
import { calledBy, channelsFor } from '../../plan/incidents/recipients.js';
import { incidentAddressOf } from '../../plan/names.js';
import type { IncidentInput } from '../../plan/run-input.js';
import { runName } from '../../plan/text/command-lines.js';
import { counted, instantText } from '../../plan/text/spans.js';
import { announceTo, type Announced } from '../announce.js';
import type { IncidentRecord } from './record.js';

/** While the environment's worker is away a page waits for it: an incident that nobody hears of helps nobody. */
const patience = '1d';

/** One message to people, about one incident. */
export interface Told {
  /** `escalation` also for those next in line. */
  kind: 'incident' | 'reminder' | 'escalation' | 'acknowledged';
  /** What it does with people's page; absent: it calls nobody. */
  page?: 'trigger' | 'acknowledge' | 'resolve';
  headline: string;
  /** May be empty: what happens next is told with every message. */
  text: string;
  /** Into the war room, which has channels of its own. */
  callsRoom?: true;
  /** What the incident is about stands in the headline or the text already. */
  saysWhat?: true;
  /** Names, roles, groups. */
  to: string[];
}

/**
 * Everybody whom an incident tells is told here.
 *
 * @param key of the message, the same when it is told again
 * @param again by which channels, and who of them has it; default: by all of them, and nobody
 */
export async function tell(
  input: IncidentInput,
  record: IncidentRecord,
  told: Told,
  key: string,
  again: { channels?: readonly string[]; taken?: Announced['taken'] } = {}
): Promise<Announced> {
  const { run, number, environment: everywhere, page, severity, words } = input;
  const { headline, kind, text, to, saysWhat, page: event = 'none' } = told;
  const stands = saysWhat ? record.next : record.sentence;
  const look = `Look: phasegate incident show ${incidentAddressOf(number)} ${runName(run.workflowId)}`;
  const notify = channelsFor(input, record.state, told).filter(({ name }) => again.channels?.includes(name) ?? true);
  const environment = { ...everywhere, notify };
  const runbook = event === 'trigger' ? words?.runbook : undefined;
  const { pages = [] } = record.state;
  const more = pages.length > 0 && (event === 'acknowledge' || event === 'resolve') ? { pages } : {};
  // Without the wait the answer would come turns of the event loop later, and no history of an incident replay.
  return await announceTo(
    run,
    environment,
    {
      kind,
      address: incidentAddressOf(number),
      title: `${run.planTitle}, ${incidentAddressOf(number)}: ${headline}`,
      text: [text, stands, look].filter((part) => part !== '').join(' '),
      to,
      ...(page === undefined ? {} : { incident: { page, event, severity, ...more, ...(runbook ? { runbook } : {}) } }),
    },
    patience,
    key,
    again.taken
  );
}

/** The first call, and each that follows while nobody acknowledges. */
export function callFor(input: IncidentInput, { state }: IncidentRecord): Told {
  const { severity, title, reason, words } = input;
  const { calls, escalatedAt, alertEscalatedAt } = state;
  const again = calls === 0 ? '' : `, call ${calls + 1}`;
  const rest = beyondTitle({ title, reason });
  const about = rest === '' ? '' : `${rest}.`;
  return {
    kind: (escalatedAt ?? alertEscalatedAt) === undefined ? 'incident' : 'escalation',
    page: 'trigger',
    headline: `severity ${severity}: ${words?.title ?? title}${again}`,
    text: words ? `${words.message}\n\n${troubleWords(input)}.` : about,
    saysWhat: true,
    to: calledBy(input, state),
  };
}

/** Whoever leads an incident that was ended from outside must know where it goes on. */
export function goesOnWords({ number, predecessor }: IncidentInput, { knowing }: IncidentRecord): Told {
  const here = incidentAddressOf(number);
  const before = incidentAddressOf(predecessor?.number ?? 0);
  return {
    kind: 'incident',
    headline: `goes on with ${before}`,
    text: `${before} was ended from outside. What was said and done stays; say all else to ${here}.`,
    to: knowing,
  };
}

export function roomCall(input: IncidentInput, record: IncidentRecord): Told | undefined {
  const { warRoom } = record.state;
  if (!warRoom) return undefined;
  const roles = warRoom.roles.map(({ title, person }) => `${title}: ${person ?? 'nobody has this role'}`);
  return {
    kind: 'incident',
    page: 'trigger',
    callsRoom: true,
    headline: `war room (${warRoom.trigger})`,
    text: `Be there until ${instantText(warRoom.activateBy)}. ${roles.join('; ')}.`,
    to: [...new Set(warRoom.roles.map(({ person, role }) => person ?? role))],
  };
}

/** How far it is, for those who only need to know. */
export function updateText({ state }: IncidentRecord): string {
  const done = state.warRoom?.steps.filter(({ doneAt }) => doneAt !== undefined).length ?? 0;
  const of = state.warRoom?.steps.length ?? 0;
  const latest = state.notes.at(-1);
  const note = latest ? ` Latest note, by ${latest.by}: ${latest.text}` : '';
  return `Procedure: ${done} of ${counted(of, 'step')} done.${note}`;
}
