import { CancellationScope, defineSignal, log, patched, setHandler } from '@temporalio/workflow';
import { stranger, type Objection } from '../../plan/gate-rules.js';
import { proofAwaited } from '../../plan/incidents/course.js';
import { mustBe } from '../../plan/incidents/resolution.js';
import { incidentNewsSignal } from '../../plan/incidents/signals.js';
import { findPerson } from '../../plan/people.js';
import type { IncidentInput } from '../../plan/run-input.js';
import { postMortemLine, resolveLine } from '../../plan/text/command-lines.js';
import { instantText } from '../../plan/text/spans.js';
import { acknowledgedElsewhereSignal, readAcknowledgedElsewhere } from '../../plan/trouble.js';
import type { Answer, Message } from '../../plan/wire.js';
import { refused } from '../messages.js';
import { tellWorkflow } from '../tell-workflow.js';
import { Turnstile } from '../turnstile.js';
import type { IncidentRecord } from './record.js';
import type { Teller } from './teller.js';

/** Notes of one incident; more of them nobody reads, and each goes from one execution to the next. */
const mostNotes = 200;
const mostLetters = 50_000;

type Item = NonNullable<IncidentRecord['status']['warRoom']>['steps'][number];

/** Takes what people say to an incident. */
export function listenToResponders(input: IncidentInput, record: IncidentRecord, teller: Teller): void {
  const { inbox, state } = record;
  const turnstile = new Turnstile('send it with the command line');
  const closed = (): Objection | undefined =>
    state.postMortem.done ? { code: 'PG226', reason: 'it is closed: its post-mortem is done' } : undefined;

  inbox.on('acknowledge', {
    check: closed,
    take: async ({ by }) => {
      const { acknowledged } = state;
      if (acknowledged) return again(`${acknowledged.by} acknowledged it before`);
      acknowledge(record, teller, by);
      return said(`${by} responds to it`);
    },
  });
  inbox.on('assign', {
    check: ({ role, person }) => closed() ?? objectionTo(findRole(record, role)) ?? unknownPerson(input, person),
    take: async ({ by, role, person }, how) => {
      const found = findRole(record, role);
      if ('code' in found) throw refused(found);
      const name = findPerson(input.environment.people, person)?.name ?? person;
      if (found.person === name) return again(`${name} is ${found.title} already`);
      found.person = name;
      record.tell(`${by} made ${name} ${found.title}`);
      const { title } = found;
      const tell = (): Promise<void> =>
        teller.say({ kind: 'incident', headline: `you are ${title}`, text: `${by} gave you this role.`, to: [name] });
      turnstile.through(how, tell).catch((error: unknown) => inbox.refuse('assign', { by }, error));
      return said(`${name} is ${title} now`);
    },
  });
  inbox.on('note', {
    check: (message) => closed() ?? tooManyNotes(record, message),
    take: async ({ by, text }) => {
      if (state.notes.some((note) => note.by === by && note.text === text)) return again('this note stands there');
      state.notes.push({ at: Date.now(), by, text });
      record.tell(`${by}: ${text}`);
      return said('noted');
    },
  });
  inbox.on('step', {
    check: ({ step }) => closed() ?? objectionTo(findItem(record, step)),
    take: async ({ by, step, note }) => {
      const found = findItem(record, step);
      if ('code' in found) throw refused(found);
      if (found.doneAt !== undefined) return again(`${found.by ?? 'somebody'} ticked off "${found.title}" before`);
      const unproven = unprovenStep(input, record, found);
      // Not in the check, which replays too: an earlier build let people tick off what nothing had proven, and that stays.
      if (unproven && patched('proven-steps')) throw refused(unproven);
      Object.assign(found, { doneAt: Date.now(), by, ...(note === undefined ? {} : { note }) });
      record.tell(`${by} did "${found.title}"${note === undefined ? '' : `: ${note}`}`);
      return said(`"${found.title}" is done`);
    },
  });
  inbox.on('resolve', {
    // Whether its run is still there to end a rollback takes a moment to find out.
    check: () => closed() ?? isResolvedAlready(record),
    take: async ({ by, reason }, how) => {
      const before = underWay(state);
      if (before) return before;
      const isLeft = state.rollback?.state === 'running' && (await turnstile.through(how, () => isGone(input, record)));
      if (isLeft) leaveRollback(record);
      const meanwhile = underWay(state);
      if (meanwhile) return meanwhile;
      const objection = notToResolve(record);
      if (objection) throw refused(objection);
      if (!state.acknowledged) acknowledge(record, teller, by);
      state.validating = { by, at: Date.now(), reason };
      record.tell(`${by} says that it is resolved: ${reason}`);
      const wanted = mustBe(input.rollback.window, input.ownCriteria);
      return said(`${wanted} from now on: it is resolved when that was so`);
    },
  });
  inbox.on('postmortem', {
    check: () => (state.postMortem.done ? undefined : notYetOwed(record)),
    take: async ({ by, link }: Message<'postmortem'>) => {
      const { done } = state.postMortem;
      if (done) return again(`${done.by} said so before: ${done.link}`);
      state.postMortem.done = { by, at: Date.now(), link };
      record.tell(`${by} finished the post-mortem: ${link}`);
      record.prove('post-mortem', by);
      return said('the post-mortem is done, and the incident closed');
    },
  });
  // It stops the calls and decides nothing: whoever has the page there need not be one of the environment's people.
  setHandler(
    defineSignal<unknown[]>(acknowledgedElsewhereSignal),
    (raw) => {
      const news = readAcknowledgedElsewhere(raw);
      if (!news) log.warn('An acknowledgement could not be understood');
      else if (isPageOf(input, record, news.page) && !state.acknowledged && !record.isResolved)
        acknowledge(record, teller, `${news.by} (${news.via})`);
    },
    { description: 'Sent by phasegate itself, not for people.' }
  );
  inbox.refuseOthers();
}

function isPageOf(input: IncidentInput, { state }: IncidentRecord, page: string | undefined): boolean {
  return page === input.page || (page !== undefined && (state.pages ?? []).includes(page));
}

function said(message: string): Answer {
  return { message, repeated: false };
}

function again(message: string): Answer {
  return { message, repeated: true };
}

function acknowledge(record: IncidentRecord, teller: Teller, by: string): void {
  record.state.acknowledged = { by, at: Date.now() };
  record.tell(`${by} acknowledged it`);
  void teller.say({
    kind: 'acknowledged',
    page: 'acknowledge',
    headline: `${by} responds`,
    text: `${by} acknowledged it.`,
    to: record.knowing,
  });
}

function objectionTo(found: object | Objection): Objection | undefined {
  return 'code' in found ? (found as Objection) : undefined;
}

function unknownPerson({ environment }: IncidentInput, person: string): Objection | undefined {
  return findPerson(environment.people, person) ? undefined : stranger(environment.people, person);
}

function findRole({ state }: IncidentRecord, written: string): { title: string; person?: string } | Objection {
  const { warRoom } = state;
  if (!warRoom) return { code: 'PG223', reason: 'no war room is open, so there are no roles to give' };
  const wanted = written.trim().toLowerCase();
  const found = warRoom.roles.find(({ id, title }) => id.toLowerCase() === wanted || title.toLowerCase() === wanted);
  const roles = warRoom.roles.map(({ id }) => id).join(', ');
  return found ?? { code: 'PG223', reason: `"${written}" is none of its roles: ${roles}` };
}

function findItem({ state }: IncidentRecord, written: string): Item | Objection {
  const items = [...(state.warRoom?.steps ?? []), ...state.tasks];
  const found = items.find(({ id }) => id.toLowerCase() === written.trim().toLowerCase());
  if (found) return found;
  const none = 'it has none, since no war room is open';
  const known = items.length > 0 ? `it has ${items.map(({ id }) => id).join(', ')}` : none;
  return { code: 'PG224', reason: `"${written}" is no step or task of it: ${known}` };
}

function unprovenStep(input: IncidentInput, { state }: IncidentRecord, { id, title }: Item): Objection | undefined {
  const proof = proofAwaited(input, state, id);
  if (!proof) return undefined;
  const { run, number } = input;
  const by =
    proof === 'resolution'
      ? `the resolution that the metrics confirm: ${resolveLine(run.workflowId, number)}`
      : `its post-mortem: ${postMortemLine(run.workflowId, number)}`;
  return { code: 'PG226', reason: `"${title}" is ticked off by ${by}` };
}

function tooManyNotes({ state }: IncidentRecord, { text }: { text: string }): Objection | undefined {
  const letters = state.notes.reduce((sum, note) => sum + note.text.length, text.length);
  if (state.notes.length < mostNotes && letters <= mostLetters) return undefined;
  return { code: 'PG226', reason: 'its notes are full: write the rest into the post-mortem' };
}

function underWay({ validating }: IncidentRecord['state']): Answer | undefined {
  return validating && again(`${validating.by} said so already: the metrics are looked at`);
}

function isResolvedAlready({ state: { resolution } }: IncidentRecord): Objection | undefined {
  if (resolution?.verdict !== 'PASS') return undefined;
  return { code: 'PG226', reason: `${resolution.by} resolved it at ${instantText(resolution.at)} already` };
}

/** Nobody tells this incident how its rollback ends when its run was ended from outside. A cancelled signal would say nothing of it. */
async function isGone({ run }: IncidentInput, { news }: IncidentRecord): Promise<boolean> {
  const problem = await CancellationScope.nonCancellable(() => tellWorkflow(run, incidentNewsSignal, news));
  return problem !== undefined;
}

function leaveRollback(record: IncidentRecord): void {
  const { rollback } = record.state;
  if (rollback?.state !== 'running') return;
  const reason = 'its run was ended from outside: nobody says how far everything is taken back';
  Object.assign(rollback, { state: 'not verified', reason, endedAt: Date.now() });
  record.tell(reason);
}

function notToResolve(record: IncidentRecord): Objection | undefined {
  const { rollback } = record.state;
  const already = isResolvedAlready(record);
  if (already) return already;
  if (rollback?.state === 'running')
    return { code: 'PG226', reason: 'what was changed is still being taken back: resolve it when that has ended' };
  return undefined;
}

function notYetOwed({ isResolved }: IncidentRecord): Objection | undefined {
  return isResolved ? undefined : { code: 'PG226', reason: 'it is not resolved yet: its post-mortem comes after that' };
}
