import { describe, expect, it } from 'vitest';
import { splitRuns } from '../../../src/activities/metrics/prometheus/runs.js';

const same = (): string => 'q';
const grid = (count: number, step = 15): number[] => Array.from({ length: count }, (_, index) => 100 + index * step);

describe('instants that were missed', () => {
  it('are one range query when the query is the same and the grid is even', () => {
    expect(splitRuns(grid(5), same)).toEqual([{ run: grid(5), step: 15 }]);
  });

  it('are asked one by one when they are few', () => {
    expect(splitRuns(grid(2), same)).toEqual([{ run: grid(2) }]);
    expect(splitRuns([], same)).toEqual([]);
  });

  it('are split where the query changes', () => {
    const byAge = (instant: number): string => (instant < 130 ? `q${instant}` : 'q');
    expect(splitRuns(grid(5), byAge)).toEqual([{ run: [100] }, { run: [115] }, { run: [130, 145, 160], step: 15 }]);
  });

  it('are split where the distance changes', () => {
    expect(splitRuns([0, 15, 30, 40, 50, 60], same)).toEqual([
      { run: [0, 15, 30], step: 15 },
      { run: [40, 50, 60], step: 10 },
    ]);
  });

  it('are asked one by one off the grid of milliseconds, where a range would drift', () => {
    expect(splitRuns([0, 1.5, 3, 4.5], same)).toEqual([{ run: [0] }, { run: [1.5] }, { run: [3] }, { run: [4.5] }]);
  });

  it('are split before an answer grows too large, none lost', () => {
    const runs = splitRuns(grid(2500), same);
    expect(runs.map(({ run }) => run.length)).toEqual([1000, 1000, 500]);
    expect(runs.flatMap(({ run }) => run)).toEqual(grid(2500));
  });
});
