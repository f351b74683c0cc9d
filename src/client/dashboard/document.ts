import type { Operator } from '../../plan/model.js';

/** What the server sends to a page: words and numbers that are ready to be shown. Times are epoch ms. */

export const boardIds = ['executive', 'engineering', 'operations'] as const;
export type BoardId = (typeof boardIds)[number];

/** How far back plots look. */
export const rangeIds = ['15m', '6h', 'run'] as const;
export type RangeId = (typeof rangeIds)[number];

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'dim';

/** A state in words, with a symbol: colours alone reach nobody's ears and not all eyes. */
export interface Mark {
  tone: Tone;
  symbol: string;
  word: string;
}

/** A threshold as it is drawn; `value` in canonical units. */
export interface ShownBound {
  name: 'target' | 'warning' | 'critical' | 'criterion';
  value: number;
  text: string;
  op: Operator;
}

export interface Figure {
  label: string;
  /** `97.5`, and its unit: `%`. A dash when there is none. */
  value: string;
  unit: string;
  mark: Mark;
  /** `target > 95%`, and so on. */
  bounds: string[];
  /** What must be known of this number: how old it is, since when it counts. */
  note?: string;
  /** Set when the number is not of now. */
  stale?: true;
}

export interface Plot {
  kind: 'plot';
  title: string;
  unit: 'ratio' | 'seconds' | 'bytes' | 'count' | 'per second';
  /** Seconds since the document's `from`, and the value; null where there is none. */
  points: Array<[number, number | null]>;
  bounds: ShownBound[];
  /** What it shows, for those who do not see it. */
  label: string;
  /** Why there is nothing to draw. */
  problem?: string;
}

/** `story`: a sentence, of which only the symbol has the colour of the state. */
export type Cell = string | { text: string; mark?: Mark; sub?: string; list?: readonly Judged[]; story?: true };

/** A metric against what it is judged by, in one line. */
export interface Judged {
  label: string;
  value: string;
  /** The criterion. */
  note: string;
  mark: Mark;
}

export interface Table {
  kind: 'table';
  caption: string;
  columns: string[];
  rows: Cell[][];
}

export interface Meter {
  label: string;
  /** 0..100 */
  percent: number;
  text: string;
  mark: Mark;
}

export type Block =
  | { kind: 'figures'; items: Figure[]; lead?: true }
  | { kind: 'note'; mark: Mark; text: string }
  | { kind: 'meters'; items: Meter[] }
  | { kind: 'plots'; items: Plot[] }
  | Table;

export interface Panel {
  id: string;
  title: string;
  /** What it tells, in a few words. */
  about: string;
  /** How much of twelve columns it takes on a wide screen. */
  span: number;
  mark?: Mark;
  blocks: Block[];
}

/** A stretch of time that every plot shows. */
export interface Band {
  from: number;
  to: number;
  label: string;
  tone: Tone;
}

export interface Head {
  title: string;
  environment: string;
  run: string;
  state: Mark;
  /** The same words as `phasegate status`. */
  sentence: string;
  /** Incidents that are not resolved, the gravest first. */
  incidents: Array<{ tone: Tone; text: string }>;
  /** Compressed time, identities not verified. */
  remarks: string[];
  /** Why what is shown is not of now, or not from the run's own words. */
  problems: string[];
  startedAt: number;
  endedAt?: number;
  /** When it was read. */
  at: number;
  phases: Array<{ id: string; title: string; mark: Mark }>;
}

export interface BoardDocument {
  schemaVersion: 1;
  board: BoardId;
  range: RangeId;
  /** The server's clock, to count ages from. */
  now: number;
  /** What plots span. */
  from: number;
  to: number;
  bands: Band[];
  head: Head;
  panels: Panel[];
}
