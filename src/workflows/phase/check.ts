import type { CheckStep, StableCheck } from '../../plan/model.js';
import type { PhaseInput } from '../../plan/run-input.js';
import type { StepRecord } from '../../plan/run-status.js';
import { stableSince } from '../../plan/stable.js';
import { verdictOf } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';
import type { WindowOutcome, WindowRequest, Windows } from './windows.js';

const minute = 60_000;

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
  const metrics = asked.type === 'metric' ? [asked.criterion.metric] : [];
  const longest = 'timeout' in asked ? asked.timeout.ms : 0;
  const { baseline, changedAt } = record.facts;
  const result = await verdictOf(() =>
    // A check tries again by itself while its target is away.
    context.calls
      .changes(4 * longest + minute)
      .runCheck.executeWithOptions({ summary: `Check: ${step.title}`.slice(0, 180) }, [
        {
          origin: context.origin(attempt.address, step.title),
          check: asked,
          environment: context.slice({ metrics, checks: true, ...(asked.type === 'flag' ? { flags: true } : {}) }),
          ...(baseline ? { baseline } : {}),
          ...(changedAt === undefined ? {} : { changedAt }),
        },
      ])
  );
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
    ownBase: true,
    baseline: { at: t0, values, missing: {}, evidence: { digest: '', bytes: 0 } },
  };
}
