import type { Reading } from '../../plan/judge-types.js';

/** What a query may be told beside its instant. */
export interface ReadContext {
  /** Epoch ms of the phase's first change: no query looks behind it. Absent: nothing was changed. */
  changedAt?: number;
  /** Epoch ms that `{{elapsed}}` counts from when nothing was changed: the start of the window. */
  since?: number;
  /** Aborts what is in flight; the reader then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * A source of metrics. Whatever goes wrong with the source is a reading of its own (`no-data`, `invalid`, `error`), so
 * these functions reject for nothing but the context's signal. Values are finite.
 */
export interface MetricReader {
  /** One reading of each metric for one instant (epoch ms), which lies at least the source's lag in the past. */
  at(metrics: readonly string[], instant: number, context: ReadContext): Promise<Record<string, Reading>>;
  /** The same for instants that were missed, in their order. A source without a memory has no data for them. */
  range(
    metrics: readonly string[],
    instants: readonly number[],
    context: ReadContext
  ): Promise<Record<string, Reading>[]>;
}

/** A number as a reading: NaN and infinite ones are invalid. `text` is how the source wrote it. */
export function numberReading(value: number, text = String(value)): Reading {
  return Number.isFinite(value) ? { kind: 'value', value } : { kind: 'invalid', reason: `the value is ${text}` };
}

/** The reading of a metric that the environment does not bind; a plan that uses one is refused before the start. */
export function unbound(metric: string, key: 'promql' | 'sample'): Reading {
  return { kind: 'error', reason: `${metric} has no "${key}" under metrics.bindings of the environment` };
}
