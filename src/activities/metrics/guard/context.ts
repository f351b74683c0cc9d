import { mattersNow, type GuardNews, type MetricNews } from '../../../plan/guard/state.js';
import type { Reading } from '../../../plan/judge-types.js';
import type { MetricSource } from '../../../plan/model.js';
import type { MetricDeps } from '../deps.js';
import type { ReadContext } from '../reader.js';

/** Facts for the words of an alert: so many, and only what comes at once, since no page waits for them. */
const mostFacts = 30;
const withinMs = 1000;

/**
 * Adds what the environment binds as `context` of a metric to the news of it: one value for each name, at the instant of
 * the news. What gives none is left out, so that it prints as unknown.
 */
export async function withContext(
  deps: Pick<MetricDeps, 'readerOf'>,
  source: MetricSource,
  news: GuardNews,
  context: ReadContext
): Promise<GuardNews> {
  if (news.kind !== 'metric' || !mattersNow(news)) return news;
  const asked = contextOf(source, news);
  if (asked.length === 0) return news;
  const bindings = Object.fromEntries(asked.map(([name, promql]) => [name, { promql }]));
  const names = Object.keys(bindings);
  const soon = AbortSignal.timeout(withinMs);
  const signal = context.signal ? AbortSignal.any([context.signal, soon]) : soon;
  const readings = await deps
    .readerOf({ ...source, bindings })
    .at(names, news.at, { ...context, signal })
    .catch((error: unknown) => {
      if (!soon.aborted) throw error;
      return {} as Record<string, Reading>;
    });
  const facts = names.flatMap((name) => {
    const reading = readings[name];
    return reading?.kind === 'value' ? [[name, String(Number(reading.value.toPrecision(6)))] as const] : [];
  });
  return { ...news, context: Object.fromEntries(facts) };
}

function contextOf({ bindings }: MetricSource, { metric }: MetricNews): Array<[string, string]> {
  const binding = Object.hasOwn(bindings, metric) ? bindings[metric] : undefined;
  return Object.entries(binding?.context ?? {}).slice(0, mostFacts);
}
