import type { Reading } from '../../../plan/judge-types.js';
import type { MetricSource } from '../../../plan/model.js';
import { numberReading, unbound } from '../reader.js';
import type { MetricReader } from '../reader.js';
import type { SourceAnswer } from '../request.js';
import { ExpositionError, parseExposition } from './exposition.js';
import type { ExposedSample } from './exposition.js';

type Page = Map<string, ExposedSample[]> | { problem: Reading };

/**
 * Reads a metrics endpoint directly: one GET per instant, for all metrics. It shows the present and remembers nothing,
 * so instants that were missed are no-data. A name with several series is invalid.
 */
export function createEndpointReader(
  source: MetricSource,
  getPage: (signal?: AbortSignal) => Promise<SourceAnswer>
): MetricReader {
  const readingOf = (metric: string, page: Page): Reading => {
    const binding = Object.hasOwn(source.bindings, metric) ? source.bindings[metric] : undefined;
    if (binding?.sample === undefined) return unbound(metric, 'sample');
    return page instanceof Map ? seriesReading(binding.sample, page.get(binding.sample) ?? []) : page.problem;
  };
  return {
    async at(metrics, _instant, { signal }) {
      const page = readPage(await getPage(signal));
      return Object.fromEntries(metrics.map((metric) => [metric, readingOf(metric, page)]));
    },
    range(metrics, instants) {
      const none: Reading = { kind: 'no-data' };
      return Promise.resolve(instants.map(() => Object.fromEntries(metrics.map((metric) => [metric, none]))));
    },
  };
}

function readPage(answer: SourceAnswer): Page {
  if (!answer.ok) return { problem: { kind: 'error', reason: answer.reason } };
  if (answer.status !== 200) return { problem: { kind: 'error', reason: `HTTP ${answer.status}` } };
  try {
    return parseExposition(answer.text);
  } catch (error) {
    if (error instanceof ExpositionError) return { problem: { kind: 'error', reason: error.message } };
    throw error;
  }
}

function seriesReading(name: string, series: readonly ExposedSample[]): Reading {
  const [sample] = series;
  if (sample === undefined) return { kind: 'no-data' };
  if (series.length > 1) return { kind: 'invalid', reason: `${series.length} series of ${name} where one is needed` };
  // Nobody knows how old it is; Prometheus would.
  if (sample.timed) return { kind: 'invalid', reason: `${name} has a time of its own: read it through Prometheus` };
  return numberReading(sample.value, sample.text);
}
