import type { Criterion, Phase, Step } from '../../plan/model.js';
import type { StepRecord } from '../../plan/run-status.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';

/** Captures what relative and counting criteria are held against, before the phase changes anything. */
export async function captureBaseline(
  context: PhaseContext,
  record: PhaseRecord,
  metrics: string[],
  step: StepRecord
): Promise<StepOutcome> {
  const found = await verdictOf(() =>
    context.calls.reads.captureBaseline.executeWithOptions({ summary: step.title }, [
      { origin: context.origin(step.address, step.title), metrics, environment: context.slice({ metrics }) },
    ])
  );
  if (!('values' in found)) return found;
  record.facts.baseline = found;
  const missing = Object.entries(found.missing).map(([metric, reason]) => `${metric}: ${reason}`);
  const evidence = [found.evidence];
  if (missing.length > 0) return { verdict: 'HOLD', reason: `no baseline for ${missing.join('; ')}`, evidence };
  return { verdict: 'PASS', reason: `captured ${metrics.join(', ')}`, evidence };
}

/** The metrics that a phase's windows and checks compare with what was there before it. */
export function baselineMetrics(phase: Phase): string[] {
  const criteria = [
    ...[...phase.steps, ...phase.successChecks].flatMap(criteriaOf),
    ...(phase.success?.criteria ?? []),
    ...(phase.soak?.criteria ?? []),
  ];
  const own = criteria.filter((one) => one.baseline !== undefined || one.increase).map((one) => one.metric);
  return [...new Set([...own, ...(phase.baselineFor ?? [])])];
}

function criteriaOf(step: Step): Criterion[] {
  if (step.kind === 'watch') return step.window.criteria;
  if (step.kind === 'traffic') return step.hold.criteria;
  return step.kind === 'check' && step.check.type === 'metric' ? [step.check.criterion] : [];
}
