import type { CommanderError } from 'commander';
import { PhasegateError } from '../../plan/errors.js';

/**
 * Turns what the parser says of a command line into PG407; help and version that were asked for pass as they are.
 *
 * @param next what to type to see how it is written
 */
export function usageError(next: string): (error: CommanderError) => never {
  return (error) => {
    if (error.exitCode === 0 || error.code.startsWith('commander.help')) throw error;
    throw new PhasegateError('PG407', error.message.replace(/^error: /, ''), { hint: `See: ${next}`, cause: error });
  };
}
