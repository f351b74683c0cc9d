import { errorCatalogue } from './error-catalogue.js';
import type { CatalogueEntry, ErrorCode } from './error-catalogue.js';

export type { CatalogueEntry, ErrorCode };

export interface ErrorDetails {
  /** File with line and column, address, URL or target: where it happened. */
  where?: string;
  /** What to do or type next; default: the catalogue's hint. */
  hint?: string;
  cause?: unknown;
}

/**
 * An error of the catalogue: the message says what happened and why, `where` the place, `hint` what to type next.
 * Its code is also the type of the Temporal failure that carries it.
 *
 * @example throw new PhasegateError('PG302', 'flag ENABLE_X does not exist', { where: 'flags.json' });
 */
export class PhasegateError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly where: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PhasegateError';
    this.code = code;
    this.hint = details.hint ?? errorCatalogue[code].hint;
    this.where = details.where;
  }

  /** Whether trying the same thing again may help. */
  get retryable(): boolean {
    return isRetryable(this.code);
  }
}

/** The catalogue's entry of a code. */
export function describeError(code: ErrorCode): CatalogueEntry {
  return errorCatalogue[code];
}

/** Whether a text, say the type of a Temporal failure, is a code of the catalogue. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCatalogue, text);
}

export function isRetryable(code: ErrorCode): boolean {
  return errorCatalogue[code].retryable;
}

/** One error as people read it: `PG302 flag ENABLE_X does not exist (flags.json)`, then the hint on its own line. */
export function formatError(error: Pick<PhasegateError, 'code' | 'message' | 'where' | 'hint'>): string {
  const place = error.where === undefined ? '' : ` (${error.where})`;
  return `${error.code} ${error.message}${place}\n  ${error.hint}`;
}
