import { holds } from '../../../plan/judge/measure.js';
import type { Levels } from './model.js';

export interface Step {
  /** From here on; null: below all others. */
  value: number | null;
  color: string;
}

/**
 * The colours of a metric's values, from the lowest up, whichever way its thresholds look: red where it is critical, orange
 * where it warns, yellow where it only misses its target, else green. Grafana knows no "exactly": there a colour is as wide as a hair.
 */
export function coloursOf(levels: Levels): Step[] {
  const bounds = Object.values(levels).filter((bound) => bound !== undefined);
  if (bounds.length === 0) return [{ value: null, color: 'blue' }];
  const edges = [...new Set(bounds.flatMap(({ op, value }) => (op === '==' ? [value, value + hair(value)] : [value])))];
  const sorted = edges.toSorted((a, b) => a - b);
  const [first = 0] = sorted;
  const steps: Step[] = [{ value: null, color: colourAt(levels, first - 1) }];
  sorted.forEach((edge, index) => {
    const next = sorted[index + 1];
    const exact = bounds.some(({ op, value }) => op === '==' && value === edge);
    const inside = exact ? edge : next === undefined ? edge + 1 : (edge + next) / 2;
    const color = colourAt(levels, inside);
    if (steps.at(-1)?.color !== color) steps.push({ value: edge, color });
  });
  return steps;
}

function hair(value: number): number {
  return Math.max(Math.abs(value), 1) * 1e-6;
}

function colourAt({ critical, warning, target }: Levels, value: number): string {
  if (critical && holds(critical, value)) return 'red';
  if (warning && holds(warning, value)) return 'orange';
  return target && !holds(target, value) ? 'yellow' : 'green';
}
