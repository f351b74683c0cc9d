import type { KpiDocument } from '../document/plan-document.js';
import { parseThreshold } from '../language/threshold.js';
import { sure } from '../language/understood.js';
import type { Kpi, Metric, Unit } from '../model.js';

export function freezeKpi(document: KpiDocument, metrics: Record<string, Metric>): Kpi {
  const { id, group, title, target, run, metric, take, ask } = document;
  const base = { id, group, title, target };
  const measured = (unit: Unit) => ({ ...base, unit, bound: sure(parseThreshold(target, unit)) });
  if (run !== undefined) return { ...measured(run === 'migrated' ? 'ratio' : 'count'), kind: 'run', of: run };
  if (metric !== undefined) {
    const taken = take ?? 'mean';
    const unit = taken === 'change' ? 'ratio' : metrics[metric]?.unit;
    if (unit === undefined) throw new Error(`unchecked metric ${metric}`);
    return { ...measured(unit), kind: 'metric', metric, take: taken };
  }
  if (ask) {
    const { by, week, month } = ask;
    const due = week === undefined ? { unit: 'month' as const, at: month ?? 1 } : { unit: 'week' as const, at: week };
    return { ...base, kind: 'asked', by, due };
  }
  throw new Error('unchecked KPI');
}
