import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { PhasegateError } from '../plan/errors.js';
import { codeOf, fail, messageOf } from './fail.js';
import { currentScope } from './scope.js';
import type { Scope } from './scope.js';
import type { Secrets } from './secrets.js';

const heartbeatMs = 2_000;

/**
 * Makes an activity of a function: it gets the Temporal call it answers, heartbeats every 2 seconds for as long as it
 * runs, and neither its result nor its error leaves with a secret in it.
 */
export function activity<Input, Output>(
  secrets: Pick<Secrets, 'scrub' | 'scrubAll'>,
  run: (input: Input, scope: Scope) => Promise<Output>
): (input: Input) => Promise<Output> {
  return scrubbed(secrets, async (input) => {
    const scope = withHeartbeat(currentScope());
    try {
      return await run(input, scope);
    } finally {
      scope.stop();
    }
  });
}

/** The same for a function that heartbeats in its own way. */
export function scrubbed<Input, Output>(
  secrets: Pick<Secrets, 'scrub' | 'scrubAll'>,
  run: (input: Input) => Promise<Output>
): (input: Input) => Promise<Output> {
  return async (input) => {
    try {
      return secrets.scrubAll(await run(input));
    } catch (error) {
      const { signal, cancelled } = currentScope();
      // Whatever a cancelled request or sleep says of itself, Temporal must see its own cancellation.
      if (signal.aborted && codeOf(error) === undefined) return cancelled;
      throw presentable(error, secrets);
    }
  };
}

/** Heartbeats by itself, with whatever details were given last: they must survive until the next attempt. */
function withHeartbeat(scope: Scope): Scope & { stop(): void } {
  let latest = scope.heartbeatDetails;
  const timer = setInterval(() => scope.heartbeat(latest), heartbeatMs);
  return {
    ...scope,
    heartbeat(details) {
      latest = details;
      scope.heartbeat(details);
    },
    stop: () => clearInterval(timer),
  };
}

/** A failure in a history is read by people, and carried by each status and notification that tells of it. */
const longestText = 1_000;

/** What may be written into a history: coded where it has a code, scrubbed and bounded; stacks and causes stay here. */
function presentable(error: unknown, secrets: Pick<Secrets, 'scrub' | 'scrubAll'>): Error {
  if (error instanceof CancelledFailure) return error;
  // Scrubbed first: of a secret that a cut went through, half would stay.
  const fit = (text: string): string => bounded(secrets.scrub(text));
  if (error instanceof PhasegateError) {
    const where = error.where === undefined ? {} : { where: fit(error.where) };
    return fail(error.code, fit(error.message), { ...where, hint: fit(error.hint) });
  }
  if (error instanceof ApplicationFailure) {
    return ApplicationFailure.create({
      message: fit(error.message),
      ...(error.type ? { type: error.type } : {}),
      nonRetryable: error.nonRetryable === true,
      ...(error.nextRetryDelay ? { nextRetryDelay: error.nextRetryDelay } : {}),
      ...(error.details ? { details: secrets.scrubAll(error.details) } : {}),
    });
  }
  const type = error instanceof Error ? error.name : 'Error';
  return ApplicationFailure.create({ message: fit(messageOf(error)), type, nonRetryable: false });
}

/** Left out in the middle: how a message begins says what happened, and how it ends what to do. */
function bounded(text: string): string {
  const half = longestText / 2;
  return text.length <= longestText ? text : `${text.slice(0, half)} … ${text.slice(-half)}`;
}
