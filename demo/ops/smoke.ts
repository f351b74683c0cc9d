import { parseArgs } from 'node:util';
import { TEST_USER } from '../platform/directory.js';
import { CannotTell, runCommand } from './outcome.js';
import { SUITES } from './suites/catalogue.js';

/** `smoke <suite> [--user ID]`: runs one suite against the platform, as the release test user unless told otherwise. */
await runCommand(async (args) => {
  const { name, user } = parse(args);
  const suite = Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
  if (suite === undefined) throw new CannotTell(`no suite "${name}"; there are ${Object.keys(SUITES).join(', ')}`);
  const started = performance.now();
  const seen = await suite(user);
  return `${name}: ${seen} (${Math.round(performance.now() - started)} ms, as ${user})`;
});

function parse(args: readonly string[]): { name: string; user: string } {
  try {
    const options = { user: { type: 'string', default: TEST_USER } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [name, ...rest] = positionals;
    if (name !== undefined && rest.length === 0) return { name, user: values.user };
  } catch {
    // The usage below says it all.
  }
  throw new CannotTell('usage: smoke <suite> [--user ID]');
}
