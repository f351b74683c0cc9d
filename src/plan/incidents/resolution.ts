import { boundCriterion } from '../judge/bound-criterion.js';
import { formatValue } from '../judge/format.js';
import type { Bound, CauseRule, Criterion, Metric, Operator, Plan, WindowSpec } from '../model.js';

/** What an incident is about, as far as metrics tell. */
export interface About {
  metric?: string | undefined;
  /** When its cause holds, where metrics decide that. */
  when?: CauseRule | undefined;
}

/**
 * By what a resolution is judged beside the red metrics, so that none is resolved while what it is about is still wrong.
 * That metric must be inside its target; without one it must not cross the mildest of its thresholds, and without those
 * its cause must not hold.
 *
 * @param baseline metric -> what it was before the run's first change: where that is not known, what a cause compares
 *   with it cannot be judged, and is not
 */
export function ownCriteria(
  { rollback, metrics }: Pick<Plan, 'rollback' | 'metrics'>,
  about: About,
  baseline: Readonly<Record<string, number>>
): Criterion[] {
  const name = about.metric ?? about.when?.metric;
  const metric = name !== undefined && Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  if (!metric || rollback.window.criteria.some((criterion) => criterion.metric === metric.name)) return [];
  // What the cause says of another metric says nothing of this one.
  const when = about.when?.metric === metric.name ? about.when : undefined;
  const bound = boundOf(metric, when, baseline[metric.name]);
  return bound ? [boundCriterion(metric, bound)] : [];
}

/** The window that judges a resolution. */
export function resolutionWindow(window: WindowSpec, own: readonly Criterion[] = []): WindowSpec {
  return own.length === 0 ? window : { ...window, criteria: [...window.criteria, ...own] };
}

/** What the metrics must say: `the red metrics must be inside their targets, and latency < 2s, for 5m`. */
export function mustBe({ length }: Pick<WindowSpec, 'length'>, own: readonly Criterion[] = []): string {
  const also = own.map(({ text }) => `, and ${text},`).join('');
  return `the red metrics must be inside their targets${also} for ${length.planned}`;
}

function boundOf(
  { unit, target, warning, critical }: Metric,
  when: CauseRule | undefined,
  base: number | undefined
): Bound | undefined {
  if (target) return target;
  const crossed = warning ?? critical;
  if (crossed) return opposite(crossed);
  if (when && 'bound' in when) return opposite(when.bound);
  if (!when || !('slower' in when) || base === undefined) return undefined;
  const value = base * (1 + when.slower.above);
  return { op: '<=', value, text: `<= ${formatValue(unit, value)}` };
}

const opposites: Partial<Record<Operator, Operator>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' };

/** Where a bound does not hold; of an exact value nothing says on which side it is well. */
function opposite({ op, value, text }: Bound): Bound | undefined {
  const other = opposites[op];
  return other && { op: other, value, text: text.replace(op, other) };
}
