import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
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
  const wanted = files.map(([name, text]) => ({ file: path.join(folder, name), text }));
  // All of them or none: what stopped halfway could not be finished by trying again.
  const there = wanted.filter(({ file }) => existsSync(file)).map(({ file }) => file);
  if (there.length > 0)
    throw new PhasegateError('PG414', `${there.join(' and ')} ${there.length > 1 ? 'are' : 'is'} there already`, {
      where: folder,
    });
  for (const { file, text } of wanted) {
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
    } catch (error) {
      throw new PhasegateError('PG414', (error as Error).message, { where: file, cause: error });
    }
  }
  return wanted.map(({ file }) => file);
}
