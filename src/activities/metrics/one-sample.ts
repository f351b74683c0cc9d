import type { Reading } from '../../plan/judge-types.js';
import type { Scope } from '../scope.js';
import type { MetricDeps } from './deps.js';
import type { MetricReader, ReadContext } from './reader.js';

const tries = 3;
const betweenTriesMs = 1000;

export interface OneSampleRequest {
  metrics: readonly string[];
  lagMs: number;
  context: ReadContext;
}

/**
 * Reads metrics for this very moment: waits until the source surely has it, then asks for it, and asks again for what
 * had no valid value, twice.
 */
export async function readNow(
  { clock }: Pick<MetricDeps, 'clock'>,
  scope: Pick<Scope, 'signal'>,
  reader: MetricReader,
  { metrics, lagMs, context }: OneSampleRequest
): Promise<{ at: number; readings: Record<string, Reading> }> {
  const at = clock.now();
  if (lagMs > 0) await clock.sleep(lagMs, scope.signal);
  let readings: Record<string, Reading> = {};
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const open = metrics.filter((metric) => readings[metric]?.kind !== 'value');
    if (open.length === 0) break;
    if (attempt > 1) await clock.sleep(betweenTriesMs, scope.signal);
    readings = { ...readings, ...(await reader.at(open, at, { ...context, signal: scope.signal })) };
  }
  return { at, readings };
}
