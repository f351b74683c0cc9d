import { existsSync, writeFileSync } from 'node:fs';
import { PhasegateError } from '../../plan/errors.js';

/**
 * Refuses a file before any work is done for it.
 *
 * @throws PhasegateError PG441 when it is there and nobody said that it may be written anew
 */
export function refuseFile(file: string, force: boolean): void {
  if (!force && existsSync(file)) throw isThere(file);
}

/** @throws PhasegateError PG441 when the file is there now, PG414 when it cannot be written */
export function writeReport(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw isThere(file);
    throw new PhasegateError('PG414', (error as Error).message, {
      where: file,
      hint: 'Choose another place with --out FILE.',
      cause: error,
    });
  }
}

function isThere(file: string): PhasegateError {
  return new PhasegateError('PG441', `${file} is there already`, { where: file });
}
