import { isDue, sampleAt } from '../../../plan/judge.js';
import type { Grid, WindowState } from '../../../plan/judge.js';
import type { Reading } from '../../../plan/judge-types.js';
import type { WindowSpec } from '../../../plan/model.js';
import type { MetricReader, ReadContext } from '../reader.js';

/** Instants asked for at once; a longer past is caught up page by page, so that heartbeats go on. */
const pageSize = 250;

export interface DueInstants {
  /** Instants (epoch ms) to be read now, in their order. */
  instants: number[];
  /** Whether the last of them is the newest that is due: the one that is sampled as it comes. */
  reachesPresent: boolean;
}

/** The samples that the source has by now and nobody has judged yet. */
export function dueInstants(
  spec: Grid,
  state: Pick<WindowState, 't0' | 'nextK'>,
  now: number,
  lagMs: number
): DueInstants {
  const instants: number[] = [];
  let k = state.nextK;
  while (instants.length < pageSize && isDue(spec, state.t0, k, now, lagMs)) {
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
