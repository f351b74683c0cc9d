import type { Registry } from 'prom-client';
import { exportGauge, GAUGE_SPAN, monotonicSeconds } from './metric-kinds.js';
import { SlidingWindow } from './sliding-window.js';

const SAMPLE_MS = 50;

export interface ResourceSources {
  pool: { readonly inUse: number; readonly size: number };
  contexts: { readonly active: number; meanBytes(): number | undefined };
}

/** Exports the gauges about pool and contexts. @returns a function that stops the sampling */
export function exportResourceGauges(registry: Registry, { pool, contexts }: ResourceSources): () => void {
  // An instant says little about connections that are held for milliseconds, so the use of the pool is sampled.
  const usage = new SlidingWindow(GAUGE_SPAN, monotonicSeconds);
  const sampler = setInterval(() => usage.add(pool.inUse / pool.size), SAMPLE_MS);
  const active = 'Execution contexts open now';
  const bytes = `Mean bytes of an execution context, over the last ${GAUGE_SPAN} s`;
  exportGauge(registry, 'chat_db_pool_in_use', 'Database connections in use now', () => pool.inUse);
  exportGauge(registry, 'chat_db_pool_size', 'Database connections in the pool', () => pool.size);
  exportGauge(
    registry,
    'database_connection_pool_usage',
    `Mean share of the pool in use, over the last ${GAUGE_SPAN} s`,
    () => usage.mean()
  );
  for (const name of ['chat_contexts_active', 'concurrent_user_contexts']) {
    exportGauge(registry, name, active, () => contexts.active);
  }
  for (const name of ['chat_context_memory_bytes', 'memory_usage_per_context']) {
    exportGauge(registry, name, bytes, () => contexts.meanBytes());
  }
  exportGauge(registry, 'platform_uptime', 'Whoever reads this page finds the platform up', () => 1);
  return () => clearInterval(sampler);
}
