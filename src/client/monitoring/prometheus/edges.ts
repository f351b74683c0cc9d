import type { Bound, Metric, Unit } from '../../../plan/model.js';

/**
 * Values on both sides of each threshold, and of each bound of its causes: those that are just no crossing, and those that
 * just are.
 */
export function edgesOf(metric: Metric, causes: readonly Bound[]): number[] {
  const own = [metric.target, metric.warning, metric.critical].filter((bound) => bound !== undefined);
  const bounds = [...own, ...causes];
  return [...new Set(bounds.flatMap((bound) => bothSides(bound, metric.unit)))].toSorted((a, b) => a - b);
}

function bothSides({ op, value }: Bound, unit: Unit): number[] {
  const step = stepOf(value, unit);
  const around = { '<': [value - step, value], '>': [value, value + step], '<=': [value, value + step] };
  if (op === '>=') return [tidy(value - step), value];
  if (op === '==') return [tidy(value - step), value, tidy(value + step)];
  return around[op].map(tidy);
}

/** Small beside the threshold, and a whole one of what is counted. */
function stepOf(value: number, unit: Unit): number {
  if (unit === 'count' && Number.isInteger(value)) return 1;
  return value === 0 ? 0.001 : Math.abs(value) / 1000;
}

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
