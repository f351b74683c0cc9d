import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { TestRunner } from 'vitest';
import { findOnPath } from '../../src/client/dev-server/index.js';
import { isCi } from './ci.js';

/** Debian keeps the server commands of PostgreSQL off the PATH. */
const POSTGRES_ROOT = '/usr/lib/postgresql';

/**
 * Says that the running test needs a command, and gives its path.
 *
 * Where the command is missing, the test is skipped with the one line that installs it. Under CI it fails: nothing may
 * go untested there. Call it first in the test: `const prometheus = needs('prometheus', 'apt-get install prometheus')`.
 */
export function needs(command: string, install: string): string {
  const found = findOnPath(command) ?? postgresCommand(command);
  if (found !== undefined) {
    return found;
  }
  const reason = `needs \`${command}\`: ${install}`;
  const test = TestRunner.getCurrentTest();
  if (isCi() || test === undefined) {
    throw new Error(
      `${test === undefined ? 'called outside of a test, which ' : 'under CI nothing is skipped; this '}${reason}`
    );
  }
  process.stderr.write(`skipped "${test.name}": ${reason}\n`);
  return test.context.skip(reason);
}

function postgresCommand(command: string): string | undefined {
  if (!existsSync(POSTGRES_ROOT)) {
    return undefined;
  }
  return findOnPath(command, {
    PATH: readdirSync(POSTGRES_ROOT)
      .map((version) => path.join(POSTGRES_ROOT, version, 'bin'))
      .join(path.delimiter),
  });
}
