import { describe, expect, it } from 'vitest';
import { targetTimes } from '../../src/plan/inside-targets.js';
import { span, windowSpec } from '../support/metrics/windows.js';

const window = windowSpec({ every: span(15), warmUp: span(100), deadline: span(1000), length: span(7) });

describe('when the red metrics are looked at after a change', () => {
  it.each([
    ['one interval after the look that may be from before it', undefined, { changedAt: 1015, t0: 1030 }],
    ['just so when that is still to come', 1029, { changedAt: 1015, t0: 1030 }],
    ['from now on when that is past', 1500, { changedAt: 1015, t0: 1500 }],
  ])('is %s', (_, now, times) => {
    expect(targetTimes(window, 1000, now)).toEqual({ ...times, deadlineAt: times.t0 + 1100 });
  });
});
