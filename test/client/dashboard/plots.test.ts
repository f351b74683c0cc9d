import { expect, it } from 'vitest';
import type { Point } from '../../../src/client/dashboard/metric-history.js';
import { ratePlotOf } from '../../../src/client/dashboard/plots.js';
import type { View } from '../../../src/client/dashboard/seen.js';
import type { Metric } from '../../../src/plan/model.js';

const requests: Metric = { name: 'requests', unit: 'count' } as Metric;

/** Every ten seconds, and the latest. */
function viewOf(points: Point[]): View {
  const metrics = { points: () => points, gridOf: () => ({ from: 0, to: 30_000, step: 10_000 }) };
  return { metrics, range: 'run', from: 0 } as unknown as View;
}

const counted = (...values: Array<[at: number, value: number | undefined]>): Point[] =>
  values.map(([at, value]) => ({ at: at * 1000, value }));

it.each<[string, Point[], Array<[seconds: number, rate: number | null]>]>([
  [
    'rises',
    counted([0, 0], [10, 50], [20, 150]),
    [
      [10, 5],
      [20, 10],
    ],
  ],
  ['began again', counted([0, 500], [10, 20]), [[10, 2]]],
  [
    'was not there for a while',
    counted([0, 0], [10, undefined], [20, 60], [30, 70]),
    [
      [10, null],
      [20, null],
      [30, 1],
    ],
  ],
  ['was looked at a moment ago too, when nothing more was scraped', counted([0, 0], [10, 50], [11, 50]), [[10, 5]]],
  [
    'was looked at some time ago too',
    counted([0, 0], [10, 50], [18, 90]),
    [
      [10, 5],
      [18, 5],
    ],
  ],
])('the rate of a count that %s', (_what, points, expected) => {
  expect(ratePlotOf(viewOf(points), requests, 'Throughput').points).toEqual(expected);
});
