import type { Reading } from '../../plan/judge-types.js';
import type { MetricSource } from '../../plan/model.js';
import type { Scope } from '../scope.js';
import type { MetricDeps } from './deps.js';
import { beating } from './pulse.js';
import type { ReadContext } from './reader.js';

const tries = 3;
const betweenTriesMs = 1000;

/**
 * Reads metrics for this very moment: waits until the source surely has it, then asks for it, and asks again, twice, for
 * what had no valid value.
 *
 * @param again which moment a further try asks about: the `same`, so that all values are of one instant, or the one that
 *   has come by `then`, since a source that missed an instant, as Prometheus does when a scrape fails, never learns of it
 * @returns `at` in epoch ms: the moment that was asked about last
 */
export async function readNow(
  deps: Pick<MetricDeps, 'clock' | 'readerOf'>,
  scope: Scope,
  source: MetricSource,
  metrics: readonly string[],
  context: ReadContext,
  again: 'same' | 'then'
): Promise<{ at: number; readings: Record<string, Reading> }> {
  const { clock } = deps;
  const reader = deps.readerOf(source);
  let at = clock.now();
  return beating({ clock, scope, beat: () => scope.heartbeat() }, async () => {
    if (source.lag.ms > 0) await clock.sleep(source.lag.ms, scope.signal);
    const readings = new Map<string, Reading>();
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const open = metrics.filter((metric) => readings.get(metric)?.kind !== 'value');
      if (open.length === 0) break;
      if (attempt > 1) {
        await clock.sleep(betweenTriesMs, scope.signal);
        if (again === 'then') at = clock.now() - source.lag.ms;
      }
      const found = await reader.at(open, at, { ...context, signal: scope.signal });
      for (const [metric, reading] of Object.entries(found)) readings.set(metric, reading);
    }
    return { at, readings: Object.fromEntries(readings) };
  });
}
