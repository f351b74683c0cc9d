import type { Environment, Plan, WindowSpec } from '../../src/plan/model.js';
import { phase, plan, span, step, windowSpec } from '../../test/support/stage/plans.js';

/** A rollback that looks only a moment at the metrics: how long it looks is the plan's choice, not our speed. */
export const quickRollback = {
  metrics: ['success'],
  window: windowSpec({ length: span(400), every: span(100), deadline: span(10_000) }),
  checks: [],
};

/** A flag that is enabled and then watched; one bad sample is enough to take it back. */
export function watchedFlag(id: string, window: Partial<WindowSpec>): Plan {
  const [criterion] = windowSpec().criteria;
  if (!criterion) throw new Error('a window has criteria');
  const criteria = [{ ...criterion, onBreach: 'fail' as const }];
  const steps = [step.flag('core', { key: 'FLAG_CORE' }), step.watch('window', { criteria, ...window })];
  return plan([phase('1a', { steps })], { id, rollback: quickRollback });
}

/** A run that is nothing but one window over so many metrics. */
export function onlyWindow(id: string, window: Partial<WindowSpec>, metrics = 1): Plan {
  const [criterion] = windowSpec().criteria;
  if (!criterion) throw new Error('a window has criteria');
  const names = metricNames(metrics);
  const criteria = names.map((metric) => ({ ...criterion, metric, text: `${metric} > 95%` }));
  return plan([phase('1a', { steps: [step.watch('window', { criteria, ...window })] })], {
    id,
    rollback: quickRollback,
  });
}

export function metricNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? 'success' : `success_${index + 1}`));
}

/** The same environment with queries that say whose they are, as `success{run="…"}`. */
export function marked(environment: Environment, run: string, metrics = 1): Environment {
  const bindings = Object.fromEntries(metricNames(metrics).map((name) => [name, { promql: `${name}{run="${run}"}` }]));
  return { ...environment, metrics: { ...environment.metrics, bindings } };
}

/** The run that a query of `marked` belongs to. */
export function runOf(query: string): string {
  return /run="([^"]+)"/.exec(query)?.[1] ?? '';
}
