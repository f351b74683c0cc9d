import { PhasegateError } from '../../plan/errors.js';

/** A server that could not be started or prepared (PG409). */
export function cannotStart(message: string, hint: string, cause?: unknown): PhasegateError {
  return new PhasegateError('PG409', message, { hint, cause });
}

/** The text of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
