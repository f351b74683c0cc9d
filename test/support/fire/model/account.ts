/**
 * The model that judges a run after a disaster. It shares no code with phasegate: it knows what an undisturbed run does
 * to the target systems, and what those systems themselves recorded of a disturbed one.
 */

/** A state of a target as an opaque text, and since when it stood (epoch ms). */
export interface Moment {
  state: string;
  at: number;
}

/** One run of a command that moves a target, as the command itself wrote it down. Killed ones have no end. */
export interface CommandRun {
  target: string;
  verb: 'apply' | 'undo';
  revision: string;
  /** The idempotency key that the command was given. */
  key: string;
  startedAt: number;
  /** When the target was put into the revision; nothing when it was killed before that. */
  effectAt?: number;
  endedAt?: number;
}

/** What the source of the metrics answered to a query for an instant (epoch ms); no value: it had none. */
export interface Answer {
  query: string;
  at: number;
  value?: number;
}

/** A metric window as its evidence has it; times in epoch ms and ms. */
export interface WindowRecord {
  address: string;
  t0: number;
  warmUpMs: number;
  everyMs: number;
  lengthMs: number;
  verdict: string;
  samples: Sample[];
}

export interface Sample {
  k: number;
  at: number;
  /** Every metric had a value at this instant. */
  valid: boolean;
  /** What the source was asked, and the value that the evidence says it had. */
  readings: Array<Pick<Answer, 'query' | 'value'>>;
}

/** A guard as its evidence has it; times in epoch ms and ms. */
export interface GuardRecord {
  t0: number;
  everyMs: number;
  /** Every instant that it says it judged, with what its source has to be asked for it. */
  looks: Array<{ at: number; queries: string[] }>;
  /** When a metric became critical, by the query that measures it. */
  criticals: Array<{ query: string; at: number }>;
}

/** What the target systems recorded of one run. */
export interface Account {
  /** Every state that each target was put into, repeats too, in order; the first is the one before the run. */
  states: Record<string, Moment[]>;
  /** When the flags were written although no flag became another by it; nobody can tell whose write it was (epoch ms). */
  idleWrites: number[];
  /** In the order in which they began. */
  commands: CommandRun[];
  windows: WindowRecord[];
  /** More than one where a guard was lost. */
  guards: GuardRecord[];
  /** All that the source of the metrics was asked; absent where nothing stood in front of it to write that down. */
  answers?: Answer[];
  /** Why something may be missing from this account. */
  holes: string[];
}

/** What an undisturbed run does: what every disturbed one is held against. */
export interface Course {
  /** In the order of the plan; each target belongs to one phase. `exposes`: it decides who gets the new code. */
  phases: Array<{ id: string; moves: Array<{ target: string; exposes: boolean }> }>;
  /** The states that each target is taken through; the first is its original one. */
  paths: Record<string, string[]>;
  /** Addresses (`phase/step`) of the windows that it passes. */
  windows: string[];
  /** Address of the window that a way back passes behind its last undo, before anybody says that it is verified. */
  verification: string;
  /** Targets whose apply command must not run twice. */
  onceOnly: string[];
  /** What a guard does beside it; absent where the plan has none. */
  guard?: GuardCourse;
}

export interface GuardCourse {
  /** Address of a window that begins while it still watches; absent where the run has none near its end. */
  until?: string;
  /** So many measured instants in a row make a metric critical. */
  inARow: number;
  /** Queries whose metric is critical below a bound. */
  criticalBelow: Record<string, number>;
}

/** The end that the run itself reports. */
export interface Promised {
  end: 'completed' | 'rolled back';
  /** Phases that a rollback left in force. */
  kept?: string[];
  /** How often a person asked for another attempt at a target. */
  askedAgain?: Record<string, number>;
}
