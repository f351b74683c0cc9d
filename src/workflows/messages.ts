import {
  ApplicationFailure,
  defineSignal,
  defineUpdate,
  isCancellation,
  log,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import { stranger, type Objection } from '../plan/gate-rules.js';
import type { Person } from '../plan/model.js';
import { findPerson } from '../plan/people.js';
import type { Refusal } from '../plan/run-status.js';
import { comeToRest } from './come-to-rest.js';
import { descriptions, examples, parseMessage, type Answer, type Message, type MessageName } from '../plan/wire.js';

/** What a workflow does with one kind of message. */
export interface Clerk<N extends MessageName> {
  /** Says at once, without side effects, why the message cannot be taken. */
  check(message: Message<N>): Objection | undefined;
  /** Takes it. Throws `refused(...)` when it turns out not to be acceptable after all. */
  take(message: Message<N>, how: How): Promise<Answer>;
}

/** A signal has time, nobody waits for its answer; an update must be answered soon. */
export type How = 'signal' | 'update';

export function refused({ reason, code }: Objection): ApplicationFailure {
  return ApplicationFailure.nonRetryable(reason, code);
}

/** Refusals that a status shows: the latest ones, whatever is thrown at a run. */
const mostRefusals = 20;

/**
 * Takes what people send to a workflow, each message as Signal (durable, unanswered) and as Update (validated,
 * answered). What cannot be taken is refused with a reason, shown in the status and changes nothing; nothing that
 * somebody sends makes the workflow fail.
 */
export class Inbox {
  readonly refusals: Refusal[] = [];
  private readonly people: readonly Person[];
  private readonly changed: () => void;
  /** Messages with an id, by who sent what: one that comes again gets the answer of the first. */
  private readonly seen = new Map<string, { how: How; answer: Promise<Answer> }>();
  private readonly names: MessageName[] = [];
  private telling = false;

  /** @param changed called after refusals */
  constructor(people: readonly Person[], changed: () => void) {
    this.people = people;
    this.changed = changed;
  }

  on<N extends MessageName>(name: N, clerk: Clerk<N>): void {
    this.names.push(name);
    const description = `${descriptions[name]} Example: ${examples[name]}`;
    setHandler(
      defineSignal<unknown[]>(name),
      (...raw) => {
        const refuse = (error: unknown): void => this.refuse(name, raw[0], error);
        // What is refused makes no promise: each costs a stack trace, and thousands may come in one workflow task.
        try {
          return this.once(name, this.read(name, clerk, raw), clerk, 'signal').then(() => {}, refuse);
        } catch (error) {
          return refuse(error);
        }
      },
      { description }
    );
    setHandler(
      defineUpdate<Answer, unknown[]>(name),
      async (...raw) => {
        try {
          await comeToRest();
          return await this.once(name, this.read(name, clerk, raw), clerk, 'update');
        } catch (error) {
          if (error instanceof ApplicationFailure) throw error;
          throw refused({ code: 'PG208', reason: problemOf(error) });
        }
      },
      { description, validator: (...raw) => void this.read(name, clerk, raw) }
    );
  }

  /** Call it last: a signal of a name that nobody handles would otherwise vanish without a word. */
  refuseOthers(): void {
    setDefaultSignalHandler((name, ...raw) => {
      const error = refused({ code: 'PG207', reason: `"${name}" is none of: ${this.names.join(', ')}` });
      this.refuse(name.slice(0, 100), raw[0], error);
    });
  }

  private read<N extends MessageName>(name: N, clerk: Clerk<N>, raw: unknown[]): Message<N> {
    const parsed = parseMessage(name, raw.length > 1 ? raw : raw[0]);
    if (!parsed.ok) throw refused({ code: 'PG207', reason: parsed.problem });
    const person = findPerson(this.people, parsed.message.by);
    if (!person) throw refused(stranger(this.people, parsed.message.by));
    const message = { ...parsed.message, by: person.name };
    if (!this.seen.has(keyOf(name, message))) examine(clerk, message);
    return message;
  }

  private async once<N extends MessageName>(name: N, message: Message<N>, clerk: Clerk<N>, how: How): Promise<Answer> {
    if (message.id === undefined) return clerk.take(message, how);
    const key = keyOf(name, message);
    const before = this.seen.get(key);
    if (before) {
      try {
        return { ...(await before.answer), repeated: true };
      } catch (error) {
        if (how === 'update' || before.how === 'signal') throw error;
        // The update gave up since somebody waited for its answer. Its signal was promised to count: it has the time.
        if (!this.seen.has(key)) examine(clerk, message);
        return this.once(name, message, clerk, how);
      }
    }
    const answer = clerk.take(message, how);
    this.seen.set(key, { how, answer });
    // What was refused may be sent again under the same id, when it has become acceptable.
    answer.catch(() => this.seen.delete(key));
    return answer;
  }

  /** Shows what was not taken, and why. */
  refuse(message: string, raw: unknown, error: unknown): void {
    const reason = problemOf(error);
    const sender = senderOf(raw);
    log.warn('A message was not taken', { name: message, ...sender, reason });
    this.refusals.push({ at: Date.now(), message, ...sender, reason });
    if (this.refusals.length > mostRefusals) this.refusals.shift();
    this.tell();
  }

  /** Thousands of messages may come in one workflow task, which has seconds: what they changed is shown once. */
  private tell(): void {
    if (this.telling) return;
    this.telling = true;
    void Promise.resolve().then(() => {
      this.telling = false;
      this.changed();
    });
  }
}

function examine<N extends MessageName>(clerk: Clerk<N>, message: Message<N>): void {
  const objection = clerk.check(message);
  if (objection) throw refused(objection);
}

function keyOf(name: MessageName, message: { by: string; id?: string | undefined }): string {
  return JSON.stringify([name, message.by, message.id]);
}

function problemOf(error: unknown): string {
  if (isCancellation(error)) return 'the run is being stopped';
  return error instanceof Error ? error.message : String(error);
}

function senderOf(raw: unknown): { by?: string } {
  const by: unknown = typeof raw === 'object' && raw !== null && 'by' in raw ? raw.by : raw;
  return typeof by === 'string' ? { by: by.slice(0, 100) } : {};
}
