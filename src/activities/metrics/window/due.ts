import { isDue, sampleAt } from '../../../plan/judge.js';
import type { Grid, WindowState } from '../../../plan/judge.js';
import type { Reading } from '../../../plan/judge-types.js';
import type { WindowSpec } from '../../../plan/model.js';
import type { MetricReader, ReadContext } from '../reader.js';

/**
 * Instants asked for at once: a long past is caught up page by page, and what a page brought is safe in the heartbeat. The first
 * one is short: some queries are asked instant by instant, and a worker that lives for seconds only must come further in them, or
 * whoever takes over begins in the same place, with more to ask for.
 */
const firstPage = 10;
const longestPage = 250;

export interface DueInstants {
  /** Instants (epoch ms) to be read now, in their order. */
  instants: number[];
  /** Whether the last of them is the newest that is due: the one that is sampled as it comes. */
  reachesPresent: boolean;
}

/**
 * The samples that the source has by now and nobody has judged yet.
 *
 * @param firstK the first sample of this attempt: a page has as many as it took so far, and those of the first page
 */
export function dueInstants(
  spec: Grid,
  state: Pick<WindowState, 't0' | 'nextK'>,
  now: number,
  lagMs: number,
  firstK: number
): DueInstants {
  const instants: number[] = [];
  const length = Math.min(firstPage + state.nextK - firstK, longestPage);
  let k = state.nextK;
  while (instants.length < length && isDue(spec, state.t0, k, now, lagMs)) {
    instants.push(sampleAt(spec, state.t0, k));
    k += 1;
  }
  return { instants, reachesPresent: !isDue(spec, state.t0, k, now, lagMs) };
}

/** Reads the due samples: the newest one directly, what was missed before it from the source's memory. */
export async function readDue(
  reader: MetricReader,
  metrics: readonly string[],
  { instants, reachesPresent }: DueInstants,
  context: ReadContext
): Promise<Record<string, Reading>[]> {
  const newest = reachesPresent ? instants.at(-1) : undefined;
  const missed = newest === undefined ? instants : instants.slice(0, -1);
  const [past, present] = await Promise.all([
    missed.length > 0 ? reader.range(metrics, missed, context) : [],
    newest === undefined ? undefined : reader.at(metrics, newest, context),
  ]);
  return present === undefined ? past : [...past, present];
}

/** The metrics that a window reads, each once. */
export function metricsOf(spec: WindowSpec): string[] {
  const names = spec.criteria.map((criterion) => criterion.metric);
  return [...new Set(spec.minTraffic ? [...names, spec.minTraffic.metric] : names)];
}
