import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { systemClock } from '../activities/clock.js';
import type { ActivityDeps } from '../activities/deps.js';
import { createDirectoryStore } from '../activities/evidence/index.js';
import type { RunWorkerOptions } from './options.js';

/** Where this machine keeps what phasegate must not lose: `$XDG_STATE_HOME/phasegate`. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'phasegate');
}

export function activityDeps(options: Pick<RunWorkerOptions, 'workdir' | 'evidenceDir'>, logger: Logger): ActivityDeps {
  const workdir = resolve(options.workdir ?? process.cwd());
  return {
    evidence: createDirectoryStore(resolve(options.evidenceDir ?? join(stateFolder(), 'evidence'))),
    clock: systemClock,
    logger,
    workdir,
    stateDir: join(stateFolder(), 'jobs'),
  };
}
