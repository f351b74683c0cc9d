import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const USAGE = 'main.js --port N --flags FILE --state-dir DIR [--load-users N] [--seed N] [--restart-ms N]';

const whole = (name: string, max: number) =>
  z.coerce.number(`--${name} must be a whole number from 0 to ${max}`).int().min(0).max(max);

const schema = z.object({
  /** 0 takes a free port. */
  port: whole('port', 65_535),
  flags: z.string('--flags is missing: the flagd-format JSON file that holds the four flags'),
  stateDir: z.string('--state-dir is missing: the directory that keeps revisions, audit and backups'),
  loadUsers: whole('load-users', 500).default(40),
  seed: whole('seed', 4_294_967_295).default(1),
  /** How long a deployed component is away. */
  restartMs: whole('restart-ms', 60_000).default(300),
});

export type PlatformOptions = z.infer<typeof schema>;

/** @throws Error that says every option that is wrong */
export function parseOptions(args: readonly string[]): PlatformOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '0' },
      flags: { type: 'string' },
      'state-dir': { type: 'string' },
      'load-users': { type: 'string' },
      seed: { type: 'string' },
      'restart-ms': { type: 'string' },
    },
  });
  const { port, flags, seed, 'state-dir': stateDir, 'load-users': loadUsers, 'restart-ms': restartMs } = values;
  const parsed = schema.safeParse({ port, flags, stateDir, loadUsers, seed, restartMs });
  if (!parsed.success) throw new Error(`${z.prettifyError(parsed.error)}\nusage: ${USAGE}`);
  return { ...parsed.data, flags: resolve(parsed.data.flags), stateDir: resolve(parsed.data.stateDir) };
}
