import { PhasegateError } from '../../plan/errors.js';

/** PG403 for a reference or id that leads to no run. */
export function runUnknown(reference: string, cause?: unknown): PhasegateError {
  return new PhasegateError('PG403', `there is no run ${reference}`, { cause });
}
