import type { Verdict } from '../judge-types.js';

/**
 * What a source said of a count so far. A value below the last one means that the counter was reset: it began again
 * at 0, and what was counted before is kept.
 */
export interface CounterState {
  /** Absent until there is something to count from. */
  lastRaw?: number;
  counted: number;
  /** The first value read is what is counted from. */
  fromFirst?: true;
}

/** The clock and counts of one criterion. */
export interface CriterionState {
  /** Samples in the unbroken stretch that were ok. */
  streak: number;
  /** Samples in that stretch that were not valid. */
  gaps: number;
  /** Samples in a row that were not valid. */
  invalidInARow: number;
  /** Measured values in a row beyond the critical threshold, and when the first and the latest of them were. */
  criticalInARow: number;
  criticalFrom?: number;
  criticalAt?: number;
  ok: number;
  breaches: number;
  /** Breaches since the last sample that was ok; only windows that are watched `throughout` count them. */
  breachesInARow?: number;
  notValid: number;
  /** The last measured value and its instant; for `increase` criteria the increase. */
  last?: number;
  lastAt?: number;
  /** The measured value that was furthest on the bad side. */
  worst?: number;
  worstAt?: number;
  /** Why the last sample that was not valid was not. */
  problem?: string;
  /** The latest not valid samples (k, ascending), as many as it takes to lose the coverage. */
  recentGaps: number[];
  /** Of a relative criterion: what it is compared with. */
  baseline?: number;
  /** Of an `increase` criterion whose source does not count by itself. */
  counter?: CounterState;
}

/** The traffic that a window has seen; only windows with `minTraffic` have one. */
export interface TrafficState {
  counter: CounterState;
  invalidInARow: number;
  problem?: string;
}

/** Why a window is held, and since which sample. */
export interface WindowHold {
  /**
   * `data`: valid samples end it. Only people can end the others: `deadline`, the window's time is over; `baseline`, a
   * criterion has nothing to compare with and will never have.
   */
  cause: 'data' | 'deadline' | 'baseline';
  sinceK: number;
}

/**
 * All that the judge remembers of a window: plain JSON without samples, so that it survives a heartbeat, a HOLD and
 * another worker. Make it with `startWindow`.
 */
export interface WindowState {
  t0: number;
  /** The next sample that is due. */
  nextK: number;
  criteria: CriterionState[];
  traffic?: TrafficState;
  /** Metrics whose query counts since the phase's first change by itself (`{{elapsed}}`): no counter is kept of them. */
  sinceChange: string[];
  /** Time spent in HOLD so far, ms: the deadline moves by as much. */
  heldMs: number;
  /** Present while the verdict is HOLD. */
  hold?: WindowHold;
  /** Set when decided; a HOLD can be left again by `recover`. */
  verdict?: Verdict;
  /** Empty while there is nothing to say. */
  reason: string;
}
