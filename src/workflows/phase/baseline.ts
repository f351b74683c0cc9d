import type { Criterion, WindowSpec } from '../../plan/model.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';
import type { Steps } from './steps.js';

/** Captures what relative and counting criteria are held against, before the phase changes anything. */
export async function baselineOf(context: PhaseContext, record: PhaseRecord, steps: Steps): Promise<void> {
  const metrics = baselineMetrics(context.input.phase);
  if (metrics.length === 0) return;
  const step = { id: 'baseline', title: 'Baseline before the first change', kind: 'baseline', onFail: 'hold' as const };
  await steps.attempts(step, 'before', async (attempt): Promise<StepOutcome> => {
    const found = await verdictOf(() =>
      context.calls.reads.captureBaseline.executeWithOptions({ summary: step.title }, [
        { origin: context.origin(attempt.address, step.title), metrics, environment: context.slice({ metrics }) },
      ])
    );
    if (!('values' in found)) return found;
    record.facts.baseline = found;
    const missing = Object.entries(found.missing).map(([metric, reason]) => `${metric}: ${reason}`);
    if (missing.length > 0)
      return { verdict: 'HOLD', reason: `no baseline for ${missing.join('; ')}`, evidence: [found.evidence] };
    return { verdict: 'PASS', reason: `${metrics.length} metrics captured`, evidence: [found.evidence] };
  });
}

function baselineMetrics(phase: PhaseContext['input']['phase']): string[] {
  const windows: WindowSpec[] = phase.steps.flatMap((step) => {
    if (step.kind === 'watch') return [step.window];
    return step.kind === 'traffic' ? [step.hold] : [];
  });
  if (phase.success) windows.push(phase.success);
  if (phase.soak) windows.push(phase.soak);
  const criteria: Criterion[] = windows.flatMap((window) => window.criteria);
  return [...new Set(criteria.filter((one) => one.baseline !== undefined || one.increase).map((one) => one.metric))];
}
