import type { IncidentInput } from '../run-input.js';
import type { Refusal } from '../run-status.js';
import type { IncidentStatus, WarRoomStatus } from '../watch-status.js';
import type { Incidents, Severity, StepProof, WarRoomTrigger } from '../model.js';
import { incidentAddressOf } from '../names.js';
import { namesInRoles } from '../people.js';
import { findCause, specOf, troubleWords } from './classify.js';

/** What an incident has come to: plain data, handed from one execution to the next. Times are epoch ms. */
export interface IncidentState {
  openedAt: number;
  acknowledged?: { by: string; at: number };
  escalatedAt?: number;
  /** When those were called who are next in line for the critical alert that it comes from. */
  alertEscalatedAt?: number;
  /** How often people were called and did not acknowledge, and when last. */
  calls: number;
  calledAt: number;
  /** How often those who responded were asked again, and when last. */
  asked?: { times: number; at: number };
  rollback?: NonNullable<IncidentStatus['rollback']> & { decidedAt?: number; safeAt?: number; endedAt?: number };
  warRoom?: WarRoomStatus;
  /** Its people were called; it was said to be late. */
  roomCalled?: true;
  roomLate?: true;
  /** Keys of the pages of other troubles that joined it, which nothing else answers or ends. */
  pages?: string[];
  /** Channels that will never take a page, each with why: the others heard of it. */
  refused?: string[];
  tasks: IncidentStatus['tasks'];
  notes: IncidentStatus['notes'];
  /** The latest ones. */
  updates: IncidentStatus['updates'];
  /** Somebody says that it is resolved: the metrics are looked at. */
  validating?: { by: string; at: number; reason: string };
  resolution?: NonNullable<IncidentStatus['resolution']>;
  postMortem: {
    dueAt?: number;
    draft?: IncidentStatus['postMortem']['draft'];
    done?: IncidentStatus['postMortem']['done'];
  };
  reminders: number;
  remindedAt: number;
  timeline: IncidentStatus['timeline'];
  refusals: Refusal[];
}

export const notifyUsersTask = { id: 'notify-users', title: 'Notify the users who are affected' };

type Timeline = IncidentState['timeline'];

/** A longer timeline would be an answer that no server passes on. */
const mostLetters = 100_000;
const left = '(what stood here was too long: it is in the history of this workflow)';

/** The timeline with one entry more; where it is too long its middle goes, and a line says so. */
export function longer(timeline: Timeline, { at, text }: Timeline[number]): Timeline {
  const all = [...timeline, { at, text: text.slice(0, 5_000) }];
  const letters = (some: Timeline): number => some.reduce((sum, entry) => sum + entry.text.length, 0);
  if (letters(all) <= mostLetters) return all;
  // Down to half, so that this is seldom done.
  const rest = all.filter((entry) => entry.text !== left);
  const [head, tail] = [rest.slice(0, 10), rest.slice(10)];
  while (letters(tail) > mostLetters / 2) tail.shift();
  return [...head, { at, text: left }, ...tail];
}

/**
 * What an incident of this cause owes besides the war room's procedure.
 *
 * @param severity of one that nobody gave a cause: users may be affected where a cause of that severity affects them; `any`
 *   where the severity says nothing of what came about, as of a phase that went back by itself
 */
export function tasksOf(
  incidents: Incidents,
  cause: string | undefined,
  severity?: Severity | 'any'
): IncidentState['tasks'] {
  const known = cause === undefined ? undefined : findCause(incidents, cause);
  const possible = known
    ? [known.cause]
    : incidents.severities
        .filter((spec) => severity === 'any' || spec.severity === severity)
        .flatMap(({ causes }) => causes);
  return possible.some(({ notifyUsers }) => notifyUsers) ? [{ ...notifyUsersTask }] : [];
}

/** An incident that begins now, or goes on for one that was ended from outside. */
export function freshIncident(input: IncidentInput, now: number): IncidentState {
  const { warRoom } = input;
  const state = goingOn(input, now) ?? beginning(input, now);
  if (warRoom) openWarRoom(input, state, warRoom, now);
  return state;
}

function beginning(input: IncidentInput, now: number): IncidentState {
  const { incidents, severity, cause, reach, openedBy, source } = input;
  const spec = specOf(incidents, severity);
  const state: IncidentState = {
    openedAt: now,
    calls: 0,
    calledAt: now,
    tasks: tasksOf(incidents, cause, source === 'rollback' ? 'any' : severity),
    notes: [],
    updates: [],
    postMortem: {},
    reminders: 0,
    remindedAt: now,
    timeline: [{ at: now, text: `${openedBy} opened it as severity ${severity}: ${troubleWords(input)}` }],
    refusals: [],
  };
  if (reach === 'all') {
    state.rollback = { reach, state: 'running', decidedAt: now, reason: spec?.action ?? 'everything is taken back' };
    state.timeline.push({ at: now, text: 'everything is taken back, newest phase first: nobody had to decide it' });
  }
  if (reach === 'component') {
    state.rollback = { reach, state: 'asked', reason: spec?.action ?? 'fix it, or take the component back' };
    state.timeline.push({ at: now, text: 'the run is on hold: people choose between a fix and a rollback' });
  }
  return state;
}

/** What was said, done and given stays, and is due when it was. */
function goingOn({ number, predecessor }: IncidentInput, now: number): IncidentState | undefined {
  if (!predecessor) return undefined;
  const [before, here] = [predecessor.number, number].map(incidentAddressOf);
  const timeline = longer(predecessor.state.timeline, {
    at: now,
    text: `${before} was ended from outside: ${here} goes on with it`,
  });
  return { ...predecessor.state, calledAt: now, timeline };
}

/** Opens the war room, once: each role goes to the first person who has it, in the environment's order. */
export function openWarRoom(
  { incidents, environment }: Pick<IncidentInput, 'incidents' | 'environment'>,
  state: IncidentState,
  trigger: WarRoomTrigger,
  now: number
): void {
  const spec = incidents.warRoom;
  if (!spec || state.warRoom || isResolved(state)) return;
  const roles = spec.roles.map(({ id, title, role }) => {
    const [person] = namesInRoles(environment.people, [role]);
    return { id, title, role, ...(person === undefined ? {} : { person }) };
  });
  const steps = spec.procedure.map(({ id, title }) => ({ id, title }));
  state.warRoom = { trigger, openedAt: now, activateBy: now + spec.within.ms, roles, steps };
  state.timeline.push({ at: now, text: `the war room opened (${trigger})` });
}

/**
 * Ticks off those steps of the procedure that this is the proof of: nobody has to do in the war room what is done.
 *
 * @returns their titles
 */
export function tickOff(
  { incidents }: Pick<IncidentInput, 'incidents'>,
  state: Pick<IncidentState, 'warRoom'>,
  proof: StepProof,
  { by, at }: { by: string; at: number }
): string[] {
  const proven = incidents.warRoom?.procedure.filter(({ doneBy }) => doneBy === proof).map(({ id }) => id) ?? [];
  const steps = state.warRoom?.steps.filter(({ id, doneAt }) => doneAt === undefined && proven.includes(id)) ?? [];
  for (const step of steps) Object.assign(step, { doneAt: at, by });
  return steps.map(({ title }) => title);
}

/**
 * What ticks a step off that nobody may tick off by hand; undefined where a person does. An earlier build had resolutions
 * that ticked nothing off: what is proven is not refused.
 */
export function proofAwaited(
  { incidents }: Pick<IncidentInput, 'incidents'>,
  state: Pick<IncidentState, 'resolution' | 'postMortem'>,
  step: string
): StepProof | undefined {
  const proof = incidents.warRoom?.procedure.find(({ id }) => id === step)?.doneBy;
  const isThere = proof === 'resolution' ? isResolved(state) : state.postMortem.done !== undefined;
  return isThere ? undefined : proof;
}

export function isResolved({ resolution }: Pick<IncidentState, 'resolution'>): boolean {
  return resolution?.verdict === 'PASS';
}

export function stateOf(state: IncidentState): IncidentStatus['state'] {
  if (state.postMortem.done) return 'closed';
  if (isResolved(state)) return 'resolved';
  return state.acknowledged ? 'acknowledged' : 'open';
}
