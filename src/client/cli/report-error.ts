import { PhasegateError } from '../../plan/errors.js';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { clean } from '../render/clean.js';
import type { Paint } from '../render/paint.js';
import { exitCodeOf } from './exit-code-of.js';
import { asCalled } from './own-name.js';

/** Ends a command with an exit code when everything has been said. */
export class Exit extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/**
 * What went wrong, where, and what to do next, as lines for stderr; and the exit code that says so to scripts.
 *
 * @param env says how the command was called
 */
export function explain(
  error: unknown,
  paint: Paint,
  env: NodeJS.ProcessEnv = {}
): { lines: string[]; code: ExitCode } {
  if (error instanceof Exit) return { lines: [], code: error.code };
  if (error instanceof PhasegateError) {
    const place = error.where === undefined ? '' : paint('dim', ` (${clean(error.where)})`);
    return {
      lines: asCalled(
        `${paint('bad', `✖ ${error.code}`)} ${clean(error.message)}${place}\n  ${clean(error.hint)}`,
        env
      ).split('\n'),
      code: exitCodeOf(error.code),
    };
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    lines: [
      paint('bad', '✖ unexpected error, which is a fault of phasegate: please report it with these lines'),
      ...clean(detail).split('\n'),
    ],
    code: exitCodes.unexpected,
  };
}
