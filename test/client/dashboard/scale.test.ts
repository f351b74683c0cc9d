import { describe, expect, it } from 'vitest';
import type { ShownBound } from '../../../src/client/dashboard/document.js';
import { placed, scaleOf } from '../../../src/client/dashboard/page/scale.js';

const bound = (name: ShownBound['name'], op: ShownBound['op'], value: number): ShownBound => ({
  name,
  op,
  value,
  text: `${op} ${value}`,
});
const points = (...values: Array<number | null>): Array<[number, number | null]> => values.map((value, at) => [at, value]); // prettier-ignore

describe('the scale of a plot', () => {
  it('of a share that should be large shows its upper end, with every bound', () => {
    const bounds = [bound('target', '>', 0.95), bound('warning', '<', 0.9), bound('critical', '<', 0.8)];
    const { min, max, shown, beyond } = scaleOf({ unit: 'ratio', points: points(0.97, null, 1), bounds });
    expect([shown.length, beyond.length]).toEqual([3, 0]);
    expect(min).toBeGreaterThan(0.7);
    expect(max).toBeGreaterThan(1);
  });

  it('of a time begins at 0 and has the target, however far away', () => {
    const { min, max, shown } = scaleOf({
      unit: 'seconds',
      points: points(0.2, 0.21),
      bounds: [bound('target', '<', 2)],
    });
    expect(min).toBe(0);
    expect(max).toBeGreaterThan(2);
    expect(shown).toHaveLength(1);
  });

  it('leaves out other bounds that would flatten it, and says which', () => {
    const bounds = [bound('warning', '>', 1000), bound('critical', '>', 2000)];
    const { max, shown, beyond } = scaleOf({ unit: 'count', points: points(3, 18), bounds });
    expect(max).toBeLessThan(30);
    expect([shown, beyond]).toEqual([[], bounds]);
  });

  it.each([
    ['one value', points(0)],
    ['the same value', points(5, 5)],
    ['none', points(null)],
  ])('of %s is a scale', (_what, some) => {
    // prettier-ignore
    const { min, max } = scaleOf({ unit: 'count', points: some, bounds: [] });
    expect(max).toBeGreaterThan(min);
    expect(Number.isFinite(max - min)).toBe(true);
  });
});

describe('the labels of bounds', () => {
  it.each([
    ['stay where there is room', [10, 50, 80], [10, 50, 80]],
    ['move apart', [10, 12, 14], [10, 20, 30]],
    ['do not leave the picture at its lower end, where the times are', [88, 95, 99], [70, 80, 90]],
    ['one alone does not either', [100], [90]],
    ['are none where there is none', [], []],
  ])('%s', (_what, wanted, heights) => {
    expect(placed(wanted, 10, 90)).toEqual(heights);
  });
});
