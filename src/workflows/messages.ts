import { ApplicationFailure, defineSignal, defineUpdate, isCancellation, setHandler } from '@temporalio/workflow';
import { descriptions, examples, parseMessage, type Answer, type Message, type MessageName } from '../plan/wire.js';
import type { Objection } from '../plan/gate-rules.js';
import type { Refusal } from '../plan/run-status.js';

/** What a workflow does with one kind of message. */
export interface Clerk<N extends MessageName> {
  /** Says at once, without side effects, why the message cannot be taken. */
  check(message: Message<N>): Objection | undefined;
  /** Takes it. Throws `refused(...)` when it turns out not to be acceptable after all. */
  take(message: Message<N>): Promise<Answer>;
}

export function refused(objection: Objection): ApplicationFailure {
  return ApplicationFailure.nonRetryable(objection.reason, objection.code);
}

/** Refusals stay bounded whatever is thrown at a run; `total` counts all. */
export class Refusals {
  readonly list: Refusal[] = [];
  total = 0;

  add(refusal: Refusal): void {
    this.total += 1;
    this.list.push(refusal);
    if (this.list.length > 20) this.list.shift();
  }
}

/**
 * Registers a message as Signal (durable, unanswered) and as Update (validated, answered). A signal that cannot be
 * taken is recorded as a refusal; nothing that somebody sends makes the workflow fail.
 */
export function onMessage<N extends MessageName>(name: N, refusals: Refusals, clerk: Clerk<N>): void {
  const description = `${descriptions[name]} Example: ${examples[name]}`;
  const refuse = (raw: unknown, error: unknown): void => {
    refusals.add({
      at: Date.now(),
      message: name,
      ...senderOf(raw),
      reason: error instanceof Error ? error.message : String(error),
    });
  };
  const read = (raw: unknown): Message<N> => {
    const parsed = parseMessage(name, raw);
    if (!parsed.ok) throw refused({ code: 'PG207', reason: parsed.problem });
    const objection = clerk.check(parsed.message);
    if (objection) throw refused(objection);
    return parsed.message;
  };

  setHandler(
    defineSignal<[unknown?]>(name),
    async (raw) => {
      try {
        await clerk.take(read(raw));
      } catch (error) {
        refuse(raw, error);
      }
    },
    { description }
  );
  setHandler(
    defineUpdate<Answer, [unknown]>(name),
    async (raw) => {
      try {
        return await clerk.take(read(raw));
      } catch (error) {
        if (error instanceof ApplicationFailure) throw error;
        const reason = isCancellation(error)
          ? 'the run is being stopped'
          : error instanceof Error
            ? error.message
            : String(error);
        throw refused({ code: 'PG208', reason });
      }
    },
    { description, validator: (raw) => void read(raw) }
  );
}

function senderOf(raw: unknown): { by?: string } {
  const by: unknown = typeof raw === 'object' && raw !== null && 'by' in raw ? raw.by : undefined;
  return typeof by === 'string' ? { by: by.slice(0, 100) } : {};
}
