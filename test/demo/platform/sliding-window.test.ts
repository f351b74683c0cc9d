import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../../demo/platform/sliding-window.js';

describe('a sliding window', () => {
  const filled = (values: number[]) => {
    let now = 0;
    const window = new SlidingWindow(5, () => now);
    for (const value of values) {
      window.add(value);
      now += 1;
    }
    return { window, pass: (seconds: number) => (now += seconds) };
  };

  it('knows nothing when it holds nothing', () => {
    const { window } = filled([]);
    expect(window.mean()).toBeUndefined();
    expect(window.quantile(0.95)).toBeUndefined();
  });

  it('averages the values of its span, and forgets the older ones', () => {
    const { window, pass } = filled([100, 1, 2, 3, 4]);
    expect(window.mean()).toBe(2.5);
    pass(2);
    expect(window.mean()).toBe(3.5);
    pass(10);
    expect(window.mean()).toBeUndefined();
  });

  it('gives the nearest-rank quantile', () => {
    let now = 0;
    const window = new SlidingWindow(5, () => now);
    for (let value = 100; value >= 1; value -= 1) window.add(value);
    now = 1;
    expect(window.quantile(0.95)).toBe(95);
    expect(window.quantile(1)).toBe(100);
    expect(window.quantile(0.001)).toBe(1);
  });
});
