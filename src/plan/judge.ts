import type { Sample, Verdict } from './judge-types.js';
import type { WindowSpec } from './model.js';

/** The clock and counts of one criterion; plain JSON, so that it survives a heartbeat and a HOLD. */
export interface CriterionState {
  /** Samples in the unbroken stretch that were ok. */
  streak: number;
  /** Samples in that stretch that were not valid. */
  gaps: number;
  invalidInARow: number;
  criticalInARow: number;
  ok: number;
  breaches: number;
  notValid: number;
  last?: number;
  worst?: number;
  /** For `increase` criteria: the value at the phase's first change, the last raw value, and what resets swallowed. */
  base?: number;
  lastRaw?: number;
  offset?: number;
}

export interface WindowState {
  t0: number;
  /** The next sample that is due. */
  nextK: number;
  criteria: CriterionState[];
  /** Set when decided; a HOLD can be left again by `recover`. */
  verdict?: Verdict;
  reason: string;
}

/** @internal placeholder signatures, see below */
export declare function startWindow(spec: WindowSpec, t0: number, baseline?: Record<string, number>): WindowState;
export declare function judgeSample(spec: WindowSpec, state: WindowState, sample: Sample): WindowState;
