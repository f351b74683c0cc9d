import type { Criterion, Phase, Step } from '../../plan/model.js';
import type { StepRecord } from '../../plan/run-status.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';

/** Captures what relative and counting criteria are held against, before the phase changes anything. */
export async function captureBaseline(
  context: PhaseContext,
  record: PhaseRecord,
  { needed, noted }: BaselineMetrics,
  step: StepRecord
): Promise<StepOutcome> {
  const metrics = [...needed, ...noted];
  const found = await verdictOf(() =>
    context.calls.reads.captureBaseline.executeWithOptions({ summary: step.title }, [
      { origin: context.origin(step.address, step.title), metrics, environment: context.slice({ metrics }) },
    ])
  );
  if (!('values' in found)) return found;
  record.facts.baseline = found;
  const missing = Object.entries(found.missing)
    .filter(([metric]) => needed.includes(metric))
    .map(([metric, reason]) => `${metric}: ${reason}`);
  const evidence = [found.evidence];
  if (missing.length > 0) return { verdict: 'HOLD', reason: `no baseline for ${missing.join('; ')}`, evidence };
  return { verdict: 'PASS', reason: `captured ${metrics.join(', ')}`, evidence };
}

/** `needed`: something is judged by it, so that none of them may be missing; `noted` for what decides nothing. */
export interface BaselineMetrics {
  needed: string[];
  noted: string[];
}

/** The metrics that windows, checks and KPIs compare with what was there before the phase; undefined when none do. */
export function baselineMetrics(phase: Phase): BaselineMetrics | undefined {
  const criteria = [
    ...[...phase.steps, ...phase.successChecks].flatMap(criteriaOf),
    ...(phase.success?.criteria ?? []),
    ...(phase.soak?.criteria ?? []),
  ];
  const own = criteria.filter((one) => one.baseline !== undefined || one.increase).map((one) => one.metric);
  const needed = [...new Set([...own, ...(phase.baselineFor ?? [])])];
  const noted = (phase.baselineNoted ?? []).filter((metric) => !needed.includes(metric));
  return needed.length + noted.length > 0 ? { needed, noted } : undefined;
}

function criteriaOf(step: Step): Criterion[] {
  if (step.kind === 'watch') return step.window.criteria;
  if (step.kind === 'traffic') return step.hold.criteria;
  return step.kind === 'check' && step.check.type === 'metric' ? [step.check.criterion] : [];
}
