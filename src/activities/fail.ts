import { asyncLocalStorage } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { describeError, isErrorCode, isRetryable, PhasegateError } from '../plan/errors.js';
import type { ErrorCode } from '../plan/errors.js';
import { runName } from '../plan/text/command-lines.js';
import { runOf } from './scope.js';

export interface FailureDetails {
  /** File, URL, target or address: where it happened. */
  where?: string;
  /** What to do or type next; default: the catalogue's hint. */
  hint?: string;
  /** Whether Temporal tries the activity again; default: what the catalogue says of the code. */
  retryable?: boolean;
  /** How long it waits with that, in ms; default: what the workflow says. */
  pauseMs?: number;
}

/**
 * The failure of an activity: its type is the code of the catalogue, its message says what, where and what to do next.
 *
 * @example throw fail('PG302', 'flag ENABLE_X does not exist', { where: 'flags.json' });
 */
export function fail(code: ErrorCode, message: string, details: FailureDetails = {}): ApplicationFailure {
  const where = details.where === undefined ? '' : ` (${details.where})`;
  return ApplicationFailure.create({
    type: code,
    message: `${message}${where}. ${asTyped(details.hint ?? describeError(code).hint)}`,
    nonRetryable: !(details.retryable ?? isRetryable(code)),
    ...(details.pauseMs === undefined ? {} : { nextRetryDelay: details.pauseMs }),
  });
}

/** A hint's commands with the run that this activity works for in the place of RUN. */
function asTyped(hint: string): string {
  const workflowId = asyncLocalStorage.getStore()?.info.workflowExecution?.workflowId;
  return workflowId === undefined ? hint : hint.replace(/\bRUN\b/g, () => runName(runOf({ workflowId })));
}

/** The code of a failure or error of the catalogue; undefined for any other. */
export function codeOf(error: unknown): ErrorCode | undefined {
  if (error instanceof PhasegateError) return error.code;
  if (error instanceof ApplicationFailure && error.type && isErrorCode(error.type)) return error.type;
  return undefined;
}

/** The message of any thrown thing, with the cause that says why (`fetch failed: connect ECONNREFUSED 127.0.0.1:9`). */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? causeOf(error.cause) : '';
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message}: ${cause}`;
}

/** An AggregateError (all addresses of a host refused) has its reasons in `errors` and an empty message. */
function causeOf(cause: Error): string {
  if (cause.message !== '') return cause.message;
  const errors: unknown = 'errors' in cause ? cause.errors : undefined;
  return Array.isArray(errors) ? errors.map((item) => messageOf(item)).join(', ') : cause.name;
}
