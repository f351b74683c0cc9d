import type { CheckStep, StableCheck } from '../../plan/model.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { StepRecord } from '../../plan/run-status.js';
import { stableSince } from '../../plan/stable.js';
import { runCheck } from '../run-check.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';
import type { WindowOutcome, WindowRequest, Windows } from './windows.js';

/** Looks and changes nothing: one activity, or for `stable` a window over what earlier phases did. */
export async function check(
  context: PhaseContext,
  record: PhaseRecord,
  windows: Windows,
  step: CheckStep,
  attempt: StepRecord
): Promise<WindowOutcome> {
  const { check: asked } = step;
  if (asked.type === 'stable') return windows.watch(attempt, stableWindow(asked, context.input));
  const { baseline, changedAt } = record.facts;
  const origin = context.origin(attempt.address, step.title);
  const result = await runCheck({ origin, check: asked, environment: context.input.environment, baseline, changedAt });
  if (!('endedAt' in result)) return result;
  const { verdict, reason, output, evidence } = result;
  return { verdict, reason, ...(output === undefined ? {} : { output }), evidence: [evidence] };
}

/**
 * "Stable since": the earlier phases' criteria on a window that ends now at the earliest and began no sooner than the
 * last of them was done. The source is asked for what has been, then watched for what is missing. What the counters
 * counted before the stretch was judged by the phases themselves, and nothing changed in it, so it has no `changedAt`.
 */
function stableWindow(asked: StableCheck, input: PhaseInput): WindowRequest {
  const done = asked.phases.flatMap((phase) => input.completed[phase] ?? []);
  const completedAt = done.map((phase) => phase.completedAt);
  // A metrics endpoint has no memory: there the window can only begin now.
  const remembers = input.environment.metrics.provider !== 'endpoint' && done.length > 0;
  const t0 = remembers ? stableSince(asked.window, completedAt, Date.now()) : Date.now();
  const values = Object.assign({}, ...done.map((phase) => phase.baseline ?? {})) as Record<string, number>;
  return {
    spec: asked.window,
    t0,
    ...(remembers ? { reachBackMs: asked.window.length.ms + asked.window.warmUp.ms } : {}),
    ownBase: true,
    baseline: { at: t0, values, missing: {}, evidence: { digest: '', bytes: 0 } },
  };
}
