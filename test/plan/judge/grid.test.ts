import { describe, expect, it } from 'vitest';
import { allowedGaps, requiredSamples } from '../../../src/plan/judge/grid.js';
import { formatValue } from '../../../src/plan/judge/format.js';
import { isDue, sampleAt } from '../../../src/plan/judge.js';
import type { Unit } from '../../../src/plan/model.js';
import { second, span, t0, windowSpec } from '../../support/metrics/windows.js';

const halfHour = windowSpec({ length: span(1800 * second), warmUp: span(60 * second) });

describe('the grid', () => {
  it('is fixed by start, warm-up and interval', () => {
    expect([0, 1, 120].map((k) => sampleAt(halfHour, t0, k) - t0)).toEqual([60_000, 75_000, 1_860_000]);
  });

  it('makes a sample due when its instant and the lag are past', () => {
    expect(isDue(halfHour, t0, 1, t0 + 76_999, 2000)).toBe(false);
    expect(isDue(halfHour, t0, 1, t0 + 77_000, 2000)).toBe(true);
  });

  it('needs 121 samples for half an hour at 15 seconds', () => {
    expect(requiredSamples(halfHour)).toBe(121);
  });

  it.each([
    [0.9, 13], [1, 0], [0.5, 121], [121 / 122, 1], [121 / 121.5, 0], [0.99, 1],
  ])('with a coverage of %d lets %d of them be missing', (coverage, gaps) => {
    expect(allowedGaps({ ...halfHour, coverage })).toBe(gaps);
  }); // prettier-ignore

  it('decides the share by the rule itself, not by a rounded quotient', () => {
    for (let samples = 2; samples <= 200; samples += 1) {
      for (const coverage of [0.1, 0.3, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]) {
        const spec = windowSpec({ length: span((samples - 1) * 15 * second), coverage });
        const gaps = allowedGaps(spec);
        expect(samples / (samples + gaps)).toBeGreaterThanOrEqual(coverage);
        expect(samples / (samples + gaps + 1)).toBeLessThan(coverage);
      }
    }
  });
});

describe('a value for people', () => {
  it.each([
    ['ratio', 0.975, '97.5%'], ['ratio', 0.949999, '94.9999%'], ['ratio', 0, '0%'],
    ['seconds', 3.25, '3.25s'], ['seconds', 0.12, '120ms'], ['seconds', 0, '0s'], ['seconds', -0.5, '-500ms'],
    ['seconds', 1, '1s'], ['bytes', 12_400_000, '12.4MB'], ['bytes', 2e9, '2GB'], ['bytes', 1500, '1.5kB'],
    ['bytes', 1000, '1kB'],
    ['bytes', 999, '999B'], ['count', 1000, '1000'], ['count', 0.5, '0.5'],
  ] as [Unit, number, string][])('in %s: %d is %s', (unit, of, text) => {
    expect(formatValue(unit, of)).toBe(text);
  }); // prettier-ignore
});
