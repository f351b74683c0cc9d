import type { MetricBinding, MetricSource } from '../../plan/model.js';
import type { ReadContext } from './reader.js';

/** A query for one instant. */
export interface FilledQuery {
  query: string;
  /** How far an instant selector may look back, in seconds; absent: as far as the source does by itself. */
  lookbackSeconds?: number;
}

/** How far Prometheus looks back for the last sample of a series. */
const prometheusLookbackSeconds = 300;
/** `{{range}}` of a binding that does not say. */
const defaultRangeSeconds = 5;

const elapsedTemplate = /\{\{\s*elapsed\s*\}\}/g;
const rangeTemplate = /\{\{\s*range\s*\}\}/g;
/** A selector and nothing else: `name`, `name{label="value"}`; but `NaN` and `Inf` are numbers. */
const plainSelector =
  /^\s*(?!(?:nan|inf)\s*$)[A-Za-z_:][\w:]*\s*(?:\{(?:[^{}"'`]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\})?\s*$/i;

/**
 * Fills `{{elapsed}}` (since the phase's first change) and `{{range}}` (the binding's, but no more than elapsed) in
 * whole seconds, `37s`, so that no lookback reaches behind the change. Before a full second has passed there is nothing
 * to look at: undefined.
 *
 * A plain selector looks back up to 5 minutes by itself. Seen on Prometheus 2.42: when a target fails its scrapes, the
 * series is marked stale and is gone with the next one; but while Prometheus itself was down nothing
 * is marked, and afterwards instants inside the gap answer with the value from before it. So a plain selector only
 * counts when it has a sample within the elapsed time, and within the binding's range where there is one. Newer versions
 * know `lookback_delta`, which does the same for selectors inside an expression; older ones ignore it.
 */
export function fillQuery(
  binding: MetricBinding & { promql: string },
  instant: number,
  { changedAt, since }: ReadContext
): FilledQuery | undefined {
  const sinceChange = changedAt === undefined ? Number.POSITIVE_INFINITY : Math.floor((instant - changedAt) / 1000);
  if (sinceChange < 1) return undefined;
  const longest = binding.range === undefined ? undefined : Math.max(1, Math.floor(binding.range.ms / 1000));
  const range = Math.min(sinceChange, longest ?? defaultRangeSeconds);
  const elapsed = Number.isFinite(sinceChange) ? sinceChange : sinceStart(instant, since, longest);
  const filled = binding.promql.replace(elapsedTemplate, `${elapsed}s`).replace(rangeTemplate, `${range}s`);
  const freshness = Math.min(sinceChange, longest ?? prometheusLookbackSeconds);
  return {
    query: plainSelector.test(filled) && freshness < prometheusLookbackSeconds ? fresh(filled, freshness) : filled,
    ...(sinceChange < prometheusLookbackSeconds && { lookbackSeconds: sinceChange }),
  };
}

/** Metrics whose query counts since the phase's first change by itself. */
export function metricsSinceChange(source: MetricSource): string[] {
  if (source.provider !== 'prometheus') return [];
  return Object.entries(source.bindings)
    .filter(([, { promql }]) => promql !== undefined && promql.search(elapsedTemplate) >= 0)
    .map(([metric]) => metric);
}

/** Without a change and without a window (a baseline) a query still needs some past to look at. */
function sinceStart(instant: number, since: number | undefined, longest: number | undefined): number {
  if (since === undefined) return longest ?? prometheusLookbackSeconds;
  return Math.max(1, Math.floor((instant - since) / 1000));
}

/** The selector itself still obeys stale marks; `present_over_time` alone would not. */
function fresh(selector: string, seconds: number): string {
  const trimmed = selector.trim();
  return `${trimmed} and present_over_time(${trimmed}[${seconds}s])`;
}
