import type { JobResult } from './job.js';

/** TERM, then so many milliseconds until KILL. */
export const defaultGraceMs = 5_000;

export interface CommandRequest {
  argv: string[];
  /** Programs that the environment allows; undefined, as in a run that an older version froze, allows none. */
  allow: readonly string[] | undefined;
  /** Absolute. */
  cwd: string;
  /** All variables that the command gets. */
  env: Record<string, string>;
  timeoutMs: number;
  /** TERM, then so long until KILL; default 5,000. */
  graceMs?: number;
  job: {
    /** What the command moves or looks at, in an environment. */
    scope: string;
    /** Idempotency key: the same key is the same command, in whichever attempt or worker. */
    key: string;
    /** Whether it may run again when nobody knows how it ended. */
    repeatable: boolean;
    /** Which results are given again instead of running: any, only a PASS (an undo is tried until it works), none (a check). */
    reuse: 'any' | 'passed' | 'none';
  };
}

/** `how`: started here, found running or just ended (its worker had died), or known from an earlier attempt. */
export interface CommandResult extends JobResult {
  how: 'started' | 'adopted' | 'recorded';
}
