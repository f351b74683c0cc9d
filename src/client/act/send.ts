import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowHandle,
} from '@temporalio/client';
import { describeError, isErrorCode, PhasegateError, type ErrorCode } from '../../plan/errors.js';
import { incidentAddress, isAlert, isCleanup } from '../../plan/names.js';
import { parseMessage, type Answer, type MessageName } from '../../plan/wire.js';
import { isNotFound, isNotReady, isTooMuch, NoAnswer } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { untilTaken } from './ask-update.js';
import { cleanLine } from '../render/clean.js';
import type { RunRef } from '../read/snapshot.js';

/** How a message went out, and what came back. */
export interface Sent extends RunRef {
  message: MessageName;
  /** `signal`: no worker answered in time; the server keeps the message until one is back. */
  how: 'update' | 'signal';
  /** What happened, in one sentence. */
  text: string;
  repeated: boolean;
}

/** A worker that lives answers in a tenth of a second; the rest is for one that is busy, or has just come back. */
const answerWithinMs = 5_000;
const lateAnswerWithinMs = 2_000;
/** Of what a person typed as options; the catalogue's hint is for one who sends JSON. */
const mendIt = 'Mend it and send it again.';

/**
 * Sends what a person decided: as an Update, which answers; when no worker does within 5 s, as the Signal of the same
 * name, and so when more is under way there than the server takes at once. The id makes both one message, should the Update arrive after all.
 *
 * @param payload without `id`
 * @throws PhasegateError with the code of the refusal (PG2xx), PG207 when the payload is malformed, PG213 when the
 *   workflow is closed
 */
export async function sendMessage(
  link: Link,
  to: RunRef,
  name: MessageName,
  payload: Record<string, unknown>
): Promise<Sent> {
  const message = { ...defined(payload), id: `cli-${randomUUID()}` };
  const parsed = parseMessage(name, message);
  if (!parsed.ok) throw new PhasegateError('PG207', parsed.fault, { hint: mendIt });
  // A clean-up goes on in another execution after each answer, an alert after many news, an incident now and then.
  const continues = isCleanup(to.workflowId) || isAlert(to.workflowId) || incidentAddress(to.workflowId) !== undefined;
  const runId = continues ? undefined : to.runId;
  const handle = link.temporal.workflow.getHandle(to.workflowId, runId);
  const sent = { workflowId: to.workflowId, runId: to.runId, message: name };
  let text = 'no worker answered, so it was sent as a signal; it counts when a worker is back';
  try {
    const update = { args: [message] as [unknown], updateId: message.id };
    const send = (): Promise<Answer> => handle.executeUpdate<Answer, [unknown]>(name, update);
    const answer = await untilTaken(() => link.ask(`${name} to ${to.workflowId}`, send, answerWithinMs));
    return { ...sent, how: 'update', text: cleanLine(answer.message), repeated: answer.repeated };
  } catch (error) {
    if (!unanswered(error)) throw refusal(error, to.workflowId);
    if (isTooMuch(error))
      text = 'too much is being answered there at once, so it was sent as a signal; it counts in its turn';
  }
  try {
    await link.call(`${name} to ${to.workflowId}`, () => handle.signal(name, message));
  } catch (error) {
    const answer = isNotFound(error) ? await lateAnswer(link, handle, message.id, to.workflowId) : undefined;
    if (answer) return { ...sent, how: 'update', text: cleanLine(answer.message), repeated: answer.repeated };
    throw refusal(error, to.workflowId);
  }
  return { ...sent, how: 'signal', text, repeated: false };
}

/**
 * An update may have counted and closed its workflow while its answer was lost; the server still knows that answer.
 *
 * @throws PhasegateError with the code of the refusal, when that was the answer
 */
async function lateAnswer(
  link: Link,
  handle: WorkflowHandle,
  updateId: string,
  where: string
): Promise<Answer | undefined> {
  try {
    return await link.ask(
      `what became of ${updateId}`,
      () => handle.getUpdateHandle<Answer>(updateId).result(),
      lateAnswerWithinMs
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw refusal(error, where);
    // It never got there, or nobody tells any more: then the workflow's end is what is known.
    return undefined;
  }
}

function unanswered(error: unknown): boolean {
  return (
    error instanceof NoAnswer ||
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isNotReady(error) ||
    isTooMuch(error)
  );
}

function refusal(error: unknown, where: string): unknown {
  const run = where
    .replace(/^migration\//, '')
    .replace(/\/(phase\/.*|rollback\/.*|alert\/.*|incident\/.*|cleanup)$/, '');
  const incident = incidentAddress(where) ?? 'incident/N';
  const hintOf = (code: ErrorCode): string =>
    describeError(code)
      .hint.replace(/\bRUN\b/g, run)
      .replace('incident/N', incident);
  if (isNotFound(error))
    return new PhasegateError('PG213', 'this part of the run has ended, so nothing can be answered there', {
      where,
      hint: hintOf('PG213'),
      cause: error,
    });
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return error;
  const code = cause.type ?? '';
  const known = isErrorCode(code) ? code : 'PG208';
  const hint = known === 'PG207' ? mendIt : hintOf(known);
  return new PhasegateError(known, cleanLine(cause.message), { where, hint, cause: error });
}

function defined(payload: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
}
