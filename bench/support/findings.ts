import type { Distribution } from './distribution.js';

/** Many measurements of one thing. */
export interface Series {
  what: string;
  unit: 'ms' | 's';
  samples: number[];
  /** The most that a percentile may be. */
  aim?: Partial<Record<Exclude<keyof Distribution, 'n'>, number>>;
}

/** One number or sentence. */
export interface Fact {
  what: string;
  value: string;
  aim?: string;
  /** Whether the aim was met. */
  met?: boolean;
}

/** What a benchmark found; `notes` say how it was measured and what was not. */
export interface Findings {
  series: Series[];
  facts: Fact[];
  notes: string[];
}

export interface BenchOptions {
  /** How often to repeat; default: each benchmark's own. */
  trials: number | undefined;
  /** Numbers of windows that run at once. */
  windows: number[];
  /** Metrics of one window. */
  metrics: number[];
  /** How long windows are watched. */
  minutes: number;
  say: (line: string) => void;
}

export interface Benchmark {
  /** On the command line, and of the file with the results. */
  name: string;
  title: string;
  run: (options: BenchOptions) => Promise<Findings>;
}
