import { formatValue } from './judge/format.js';
import { holds } from './judge/measure.js';
import type { AskedKpi, Kpi, MeasuredKpi, MetricKpi, RunKpi } from './model.js';
import type { EvidenceRef } from './run-facts.js';
import type { KpiResult, PhaseStatus } from './run-status.js';
import { counted } from './text/spans.js';

/** What metrics were between the first change of the run and now; or why nobody knows. */
export type Period =
  | {
      values: Readonly<Record<string, Readonly<Record<'mean' | 'min' | 'max' | 'increase', number>>>>;
      missing: Readonly<Record<string, string>>;
      evidence: EvidenceRef;
    }
  | { reason: string };

/** What a run knows of itself when its KPIs are computed. */
export interface KpiFacts {
  /** Deployment phases of the plan, and those that completed and stayed. */
  phases: { all: number; kept: number };
  rollbacks: number;
  /** Absent: nothing was changed, so there is nothing to measure. */
  period?: Period;
  /** Metric -> what it was before the first change. */
  baseline: Readonly<Record<string, number>>;
  /** Epoch ms. */
  at: number;
}

/** The metrics that KPIs measure. */
export function kpiMetrics(kpis: readonly Kpi[]): string[] {
  return [...new Set(kpis.flatMap((kpi) => (kpi.kind === 'metric' ? [kpi.metric] : [])))];
}

/** Every KPI of the plan as it stands; what somebody is asked is owed. What could not be measured is never met. */
export function kpiResults(kpis: readonly Kpi[], facts: KpiFacts): KpiResult[] {
  return kpis.map((kpi) => {
    switch (kpi.kind) {
      case 'run':
        return ofRun(kpi, facts);
      case 'metric':
        return ofMetric(kpi, facts);
      case 'asked':
        return owed(kpi);
    }
  });
}

/** What has become of a run since it ended, as far as its KPIs go. */
export interface Since {
  /** Rollbacks of the run before its end. */
  rollbacksUntil: number;
  /** And after it, and whether one of them took everything back. */
  rollbacks: number;
  takenBack: boolean;
  /** The clean-up, in which people answer; absent when there is none. */
  cleanup?: Pick<PhaseStatus, 'steps' | 'gates' | 'state'> | undefined;
}

/** The same results with what people have answered since, and what was taken back. */
export function kpisSince(results: readonly KpiResult[], kpis: readonly Kpi[], since: Since): KpiResult[] {
  return results.map((result) => {
    const kpi = kpis.find(({ id }) => id === result.id);
    if (kpi?.kind === 'run' && since.rollbacks > 0) return takenBackSince(result, kpi, since);
    return result.state === 'owed' ? answeredSince(result, since) : result;
  });
}

function takenBackSince(result: KpiResult, kpi: RunKpi, { rollbacksUntil, rollbacks, takenBack }: Since): KpiResult {
  if (kpi.of === 'migrated') {
    if (!takenBack) return result;
    return { ...result, ...asOf(kpi, result, 0), value: 'all of it was taken back' };
  }
  const all = rollbacksUntil + rollbacks;
  const since = rollbacksUntil === 0 ? '' : `, ${rollbacks} of them`;
  return { ...result, ...asOf(kpi, result, all), value: `${counted(all, 'rollback')}${since} since it ended` };
}

/** What comes after the end makes nothing better. */
function asOf({ bound }: RunKpi, { state }: KpiResult, value: number): Pick<KpiResult, 'state'> {
  return { state: state === 'met' && holds(bound, value) ? 'met' : 'not met' };
}

function answeredSince(result: KpiResult, { cleanup }: Since): KpiResult {
  const step = cleanup?.steps.findLast(({ id, kind }) => kind === 'kpi' && id === result.id);
  const { answer, evidence } = step ?? {};
  const { reason: _, ...owing } = result;
  if (!answer) {
    if (cleanup?.state === 'failed') return { ...owing, state: 'unknown', reason: 'its clean-up was cancelled' };
    const dueAt = cleanup?.gates.find(({ address }) => address === step?.address)?.deadlineAt;
    return { ...result, ...(dueAt === undefined ? {} : { dueAt }) };
  }
  const value = [answer.evidence, answer.reason].filter((part) => part !== undefined).join(' · ');
  return {
    ...owing,
    state: answer.answer === 'failed' ? 'not met' : 'met',
    by: answer.by,
    knownAt: answer.at,
    ...(value === '' ? {} : { value }),
    ...(evidence ? { evidence } : {}),
  };
}

function owed({ id, group, title, target, by, due }: AskedKpi): KpiResult {
  return { id, group, title, target, state: 'owed', by, reason: `due at the end of ${due.unit} ${due.at} of the run` };
}

function ofRun(kpi: Extract<Kpi, { kind: 'run' }>, { phases, rollbacks, at }: KpiFacts): KpiResult {
  if (kpi.of === 'rollbacks') return judged(kpi, rollbacks, at, counted(rollbacks, 'rollback'));
  return judged(kpi, phases.kept / phases.all, at, `${phases.kept} of ${counted(phases.all, 'phase')}`);
}

function ofMetric(kpi: MetricKpi, { period, baseline, at }: KpiFacts): KpiResult {
  const { metric, take } = kpi;
  const unknown = (reason: string, evidence?: EvidenceRef): KpiResult => ({
    ...baseOf(kpi),
    state: 'unknown',
    reason,
    knownAt: at,
    ...(evidence ? { evidence: [evidence] } : {}),
  });
  if (!period) return unknown('nothing was changed, so there is nothing to measure');
  if (!('values' in period)) return unknown(period.reason);
  const { evidence } = period;
  const facts = period.values[metric];
  if (!facts) return unknown(period.missing[metric] ?? 'no data', evidence);
  if (take !== 'change') return judged(kpi, facts[take], at, undefined, evidence);
  const before = baseline[metric];
  if (before === undefined || before === 0)
    return unknown('nobody knows what it was before the first change', evidence);
  // Where the mean was below 0, a rise is a rise, too.
  return judged(kpi, (facts.mean - before) / Math.abs(before), at, undefined, evidence);
}

function judged(kpi: MeasuredKpi, value: number, at: number, words?: string, evidence?: EvidenceRef): KpiResult {
  return {
    ...baseOf(kpi),
    state: holds(kpi.bound, value) ? 'met' : 'not met',
    value: words ?? formatValue(kpi.unit, value, 4),
    knownAt: at,
    ...(evidence ? { evidence: [evidence] } : {}),
  };
}

function baseOf({ id, group, title, target }: Kpi): Pick<KpiResult, 'id' | 'group' | 'title' | 'target'> {
  return { id, group, title, target };
}
