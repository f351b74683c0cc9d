import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PhasegateError } from '../../plan/errors.js';
import { starterEnvironment, starterPlan } from './starter.js';

const files: ReadonlyArray<readonly [string, string]> = [
  ['plans/first.yaml', starterPlan],
  ['environments/local.yaml', starterEnvironment],
];

/**
 * Writes the documents to begin with, where `--env local` finds them.
 *
 * @returns the files, as they are to be named from here
 * @throws PhasegateError PG414 when one is there already, or cannot be written; what others hold is never overwritten
 */
export function writeStarter(folder: string): string[] {
  return files.map(([name, text]) => {
    const file = path.join(folder, name);
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new PhasegateError('PG414', code === 'EEXIST' ? `${file} is there already` : message, {
        where: file,
        cause: error,
      });
    }
    return file;
  });
}
