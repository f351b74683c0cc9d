import { appendFileSync, cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Another build of the program: the same in all that it does, with a workflow bundle that differs by a comment, and so
 * with a build id of its own.
 *
 * @param folder an empty one, which gets the build
 * @returns the path of its `phasegate` command
 */
export function anotherBuild(folder: string): string {
  for (const part of [
    'bin',
    'package.json',
    'temporal-dev.yaml',
    join('dist', 'src'),
    join('dist', 'workflow-bundle.js'),
  ]) {
    cpSync(resolve(part), join(folder, part), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  appendFileSync(join(folder, 'dist', 'workflow-bundle.js'), '\n// Another build.\n');
  return join(folder, 'bin', 'phasegate.js');
}
