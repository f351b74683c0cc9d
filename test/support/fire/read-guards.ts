import type { MetricSource } from '../../../src/plan/model.js';
import { storedOf } from './evidence-files.js';
import type { GuardRecord } from './model/account.js';

interface StoredGuard {
  origin: { run: string };
  startedAt: number;
  guard: { every: { ms: number }; metrics: string[] };
  causes: Array<{ when: { metric: string } }>;
  source: MetricSource;
  changedAt?: number;
  news: Array<{ kind: string; metric?: string; to?: string; at: number }>;
  /** Absent where it was stored before its first look. */
  seen?: { t0: number; nextK: number };
}

/** The guards of a run, each put together from all that was stored of it. */
export function guardsIn(evidenceDir: string, run: string): GuardRecord[] {
  const stored = storedOf<StoredGuard>(evidenceDir, 'guard').filter(({ origin }) => origin.run === run);
  const starts = [...new Set(stored.map(({ startedAt }) => startedAt))].toSorted((a, b) => a - b);
  return starts.flatMap((start) => {
    const parts = stored.filter(({ startedAt, seen }) => startedAt === start && seen !== undefined);
    const last = parts.toSorted((a, b) => (a.seen?.nextK ?? 0) - (b.seen?.nextK ?? 0)).at(-1);
    if (!last?.seen) return [];
    const { guard, causes, source, changedAt = 0, seen } = last;
    const everyMs = guard.every.ms;
    const queryOf = (metric: string): string => source.bindings[metric]?.promql ?? metric;
    const queries = [...guard.metrics, ...causes.map(({ when }) => when.metric)].map(queryOf);
    const instants = Array.from({ length: seen.nextK }, (_, k) => seen.t0 + k * everyMs);
    const news = parts.flatMap((part) => part.news).toSorted((a, b) => a.at - b.at);
    return [
      {
        t0: seen.t0,
        everyMs,
        // In the first second every query would look behind the change: none may be asked.
        looks: instants.map((at) => ({ at, queries: at - changedAt < 1000 ? [] : [...new Set(queries)] })),
        criticals: news.flatMap(({ metric, to, at }) =>
          metric !== undefined && to === 'critical' ? [{ query: queryOf(metric), at }] : []
        ),
      },
    ];
  });
}
