import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../src/plan/text/shell-word.js';

/**
 * A `phasegate` of this demo alone: it knows the demo's server and state, so that what a view prints works in any
 * terminal. Without `--as` it speaks as the release manager, who started the run.
 *
 * @param binary the `phasegate.js` to run
 * @param env what the command needs to find the demo
 * @returns its path
 */
export function writeTyped(folder: string, binary: string, env: Readonly<Record<string, string>>): string {
  const file = join(folder, 'phasegate');
  const variables = Object.entries({ ...env, PHASEGATE_COMMAND: file }).map(
    ([name, value]) => `${name}=${shellWord(value)}`
  );
  writeFileSync(
    file,
    `#!/bin/sh
export ${variables.join(' ')}
export PHASEGATE_USER="\${PHASEGATE_USER:-dana}"
exec ${shellWord(process.execPath)} ${shellWord(binary)} "$@"
`
  );
  chmodSync(file, 0o755);
  return file;
}
