import type { FlagState } from '../../plan/change.js';

/** What a change wants of a flag; `include` absent: keep who is included. */
export interface FlagWish {
  enabled: boolean;
  /** 0..100. */
  percent: number;
  include?: string[];
}

/** What users get, as the flag system's own evaluation says; `problem` is set when it is not what the state promises. */
export interface Observation {
  found: string;
  problem?: string;
}

/**
 * One flag system. Every call looks at the system anew; nothing is cached.
 *
 * All throw PG301 (worth a retry: it could not be asked), PG302 (no such flag: phasegate never creates flags), PG303
 * (it refused), PG312 (it answered something that cannot be understood, so nothing may rest on it).
 */
export interface FlagProvider {
  /** The state of a flag, with the system's own definition as `native`. Changes nothing. */
  read(key: string): Promise<FlagState>;
  /**
   * Makes a flag as wanted. Nobody gets the flag in between who gets it neither before nor after.
   *
   * @param idempotencyKey named in what the system records of the change, where it records anything
   * @returns false when it was so already
   */
  write(key: string, wish: FlagWish, idempotencyKey: string): Promise<boolean>;
  /** Puts the definition of a captured state back, exactly. Returns false when it was so already. */
  restore(before: FlagState): Promise<boolean>;
  /**
   * Takes a flag out of the system for good, when it is still as captured. Returns false when it was gone already.
   *
   * @throws also PG313 when somebody changed it since
   */
  remove(captured: FlagState): Promise<boolean>;
  /** Asks the system's own evaluation for sample users, included users and nobody in particular. */
  observe(state: FlagState): Promise<Observation>;
}

/** Takes down what was asked and answered, for the evidence of an activity. */
export type Trace = (entry: object) => void;
