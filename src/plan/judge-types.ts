/** What a metric source answered for one metric at one instant, and what the judge makes of it (design 6). */
export type Reading =
  | { kind: 'value'; value: number }
  | { kind: 'no-data' }
  /** NaN, infinite, several series where one is needed. */
  | { kind: 'invalid'; reason: string }
  /** Transport, HTTP, parse. */
  | { kind: 'error'; reason: string };

export type SampleClass = 'ok' | 'breach' | 'no-data' | 'invalid' | 'error';
export type Verdict = 'PASS' | 'FAIL' | 'HOLD';

/** All readings of one instant of the grid. */
export interface Sample {
  k: number;
  /** Epoch ms: t0 + warmUp + k * every. */
  at: number;
  readings: Record<string, Reading>;
}
