import type { StableCheck } from '../../plan/model.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { WindowRequest } from './windows.js';

/**
 * "Stable since": the earlier phases' criteria on a window that began when the last of them was done. Its grid lies in
 * the past as far as it can; the source is asked for what has been, then watched for what is missing.
 */
export function stableWindow(check: StableCheck, input: PhaseInput): WindowRequest {
  const { provider } = input.environment.metrics;
  const done = check.phases.flatMap((phase) => input.completed[phase] ?? []);
  const newest = done.toSorted((a, b) => b.completedAt - a.completedAt)[0];
  const values = Object.assign({}, ...done.map((phase) => phase.baseline ?? {})) as Record<string, number>;
  return {
    spec: check.window,
    // A metrics endpoint has no memory: there the window can only begin now.
    t0: provider === 'endpoint' ? Date.now() : (newest?.completedAt ?? Date.now()),
    changedAt: newest?.completedAt,
    baseline: { at: newest?.completedAt ?? 0, values, missing: {}, evidence: { digest: '', bytes: 0 } },
  };
}
