import type { Judged } from '../changes/target.js';

/** What an apply or undo of a revision is called, so that it runs once. */
export interface DeployCall {
  revision: string;
  /** Identity of the work: the same key is the same command, found again after a crash. */
  key: string;
  /** What the command is told as its idempotency key. */
  idempotencyKey: string;
  /** `phase/step` and its attempt. */
  step: string;
  attempt: number;
  repeatable: boolean;
}

/** How one deploy target is read and moved. */
export interface Deployer {
  /**
   * The revision that runs now.
   *
   * @throws PG307 or PG318 (worth a retry) when it cannot be found out
   */
  read(): Promise<string>;
  /** Whether the apply of this key was begun, here or by an earlier attempt elsewhere: then its result counts, not what shows. */
  applyWasBegun(key: string): Promise<boolean>;
  apply(call: DeployCall): Promise<Judged>;
  /** Calls an apply off: stops it when it runs, and keeps a late attempt from starting it. Says whether it was stopped. */
  revokeApply(key: string, why: string): Promise<boolean>;
  /** Whether this host finished the undo of this key. */
  undoHasPassed(key: string): Promise<boolean>;
  /** An undo that did not pass before is run again; one that did, too, when `anew`. */
  undo(call: DeployCall, anew: boolean): Promise<Judged>;
}
