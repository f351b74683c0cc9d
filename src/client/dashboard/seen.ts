import type { RunSnapshot } from '../read/snapshot.js';
import type { WatchParts } from '../read/watch-parts.js';
import type { RangeId } from './document.js';
import type { MetricHistory, RunTimes } from './metric-history.js';

/** All that is known at one instant: what every board is made from. */
export interface Seen {
  snapshot: RunSnapshot;
  watch: WatchParts;
  metrics: Pick<MetricHistory, 'latest' | 'points' | 'gridOf'>;
  /** Epoch ms. */
  now: number;
}

/** The same for one page. */
export interface View extends Seen {
  range: RangeId;
  /** What plots span. */
  from: number;
  to: number;
}

export function timesOf({ run, phases }: RunSnapshot): RunTimes {
  const changes = phases.flatMap(({ changedAt }) => changedAt ?? []);
  return {
    startedAt: run.startedAt,
    ...(changes.length > 0 ? { changedAt: Math.min(...changes) } : {}),
    ...(run.outcome ? { endedAt: run.outcome.endedAt } : {}),
  };
}
