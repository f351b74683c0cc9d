import type { Plot, ShownBound } from '../document.js';

export interface Scale {
  min: number;
  max: number;
  /** Bounds that are drawn. */
  shown: ShownBound[];
  /** Bounds that lie so far away that they would flatten the picture. */
  beyond: ShownBound[];
}

/** A picture whose values take less of its height than this tells nothing. */
const leastShare = 0.15;

/** What the vertical axis spans: the values, the target, and those other bounds that leave the values readable. */
export function scaleOf({ points, bounds, unit }: Pick<Plot, 'points' | 'bounds' | 'unit'>): Scale {
  const values = points.flatMap(([, value]) => value ?? []);
  const first = bounds.find(({ name }) => name === 'target' || name === 'criterion');
  // Of a share that should be large, only the upper end is of interest.
  const fromTop = unit === 'ratio' && (first ? first.op.startsWith('>') : Math.min(...values) > 0.5);
  const base = fromTop ? [] : [0];
  let min = Math.min(...values, ...base, ...(first ? [first.value] : []));
  let max = Math.max(...values, ...base, ...(first ? [first.value] : []));
  const own = Math.max(max - min, Math.abs(max) * 0.1, Number.EPSILON);
  const shown: ShownBound[] = first ? [first] : [];
  const beyond: ShownBound[] = [];
  for (const bound of bounds) {
    if (bound === first) continue;
    const span = Math.max(max, bound.value) - Math.min(min, bound.value);
    if (own / span < leastShare) beyond.push(bound);
    else {
      shown.push(bound);
      min = Math.min(min, bound.value);
      max = Math.max(max, bound.value);
    }
  }
  const margin = (max - min || Math.abs(max) || 1) * 0.08;
  const top = unit === 'ratio' && max <= 1 ? Math.min(1 + margin / 4, max + margin) : max + margin;
  return { min: min === 0 ? 0 : min - margin, max: top === min ? top + margin : top, shown, beyond };
}

/**
 * Where labels stand that would cover one another at the heights of what they name: moved apart, and none below the
 * picture, where the times are.
 *
 * @param wanted heights from the top, ascending
 * @param apart the least distance of two
 * @param lowest the greatest height
 */
export function placed(wanted: readonly number[], apart: number, lowest: number): number[] {
  const heights: number[] = [];
  for (const height of wanted) heights.push(Math.max(height, (heights.at(-1) ?? Number.NEGATIVE_INFINITY) + apart));
  let below = lowest + apart;
  for (let index = heights.length - 1; index >= 0; index -= 1) {
    below = Math.min(heights[index] ?? below, below - apart);
    heights[index] = below;
  }
  return heights;
}
