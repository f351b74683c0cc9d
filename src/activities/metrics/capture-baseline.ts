import type { BaselineInput, BaselineSet } from '../contract.js';
import type { Scope } from '../scope.js';
import type { MetricDeps } from './deps.js';
import { readNow } from './one-sample.js';

/**
 * The values that later windows compare with and count from. What cannot be measured is said, never made up: its
 * criteria will not be judged, and the window holds.
 */
export async function captureBaseline(deps: MetricDeps, scope: Scope, input: BaselineInput): Promise<BaselineSet> {
  const { origin, environment } = input;
  const { provider, url, bindings } = environment.metrics;
  const metrics = [...new Set(input.metrics)];
  const { at, readings } = await readNow(deps, scope, environment.metrics, metrics, {}, 'same');
  const values: Record<string, number> = {};
  const missing: Record<string, string> = {};
  for (const metric of metrics) {
    const reading = readings[metric] ?? { kind: 'no-data' };
    if (reading.kind === 'value') values[metric] = reading.value;
    else missing[metric] = 'reason' in reading ? reading.reason : 'no data';
  }
  const source = { provider, url, bindings };
  const evidence = await deps.evidence.put('baseline', { origin, at, source, values, missing });
  return { at, values, missing, evidence };
}
