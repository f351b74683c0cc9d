import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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
    join('dist', 'cli'),
    join('dist', 'src'),
    join('dist', 'workflow-bundle.js'),
  ]) {
    cpSync(resolve(part), join(folder, part), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const bundle = join(folder, 'dist', 'workflow-bundle.js');
  // In front: the bundle ends with its source map.
  writeFileSync(bundle, `// Another build.\n${readFileSync(bundle, 'utf8')}`);
  return join(folder, 'bin', 'phasegate.js');
}
