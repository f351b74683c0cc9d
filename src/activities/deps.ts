import type { Clock } from './clock.js';
import type { EvidenceStore } from './evidence/store.js';
import type { Secrets } from './secrets.js';

/** The part of a pino logger that activities use. */
export interface ActivityLogger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** What the worker gives to activities. */
export interface ActivityDeps {
  evidence: EvidenceStore;
  clock: Clock;
  logger: ActivityLogger;
  /** Folder that relative paths of an environment document start from (the worker's --workdir). */
  workdir: string;
  /** Where commands keep their lock files, shared by the workers of one host; default `<workdir>/.phasegate`. */
  stateDir?: string;
  /** Default: Node's own. */
  fetch?: typeof fetch;
  /** Variables of the worker, for secrets and for what a command may see; default: those of the process. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Default: from `env`, and files relative to `workdir`. */
  secrets?: Secrets;
}

/** The same, with every default filled in: what the parts of this folder work with. */
export type Tools = Required<ActivityDeps>;
