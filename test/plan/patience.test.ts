import { describe, expect, it } from 'vitest';
import { patienceMs } from '../../src/plan/patience.js';

const minute = 60_000;

describe('patience', () => {
  it('doubles from five minutes to half a day and stays there', () => {
    expect([1, 2, 3, 8, 9, 1000].map((times) => patienceMs(times) / minute)).toEqual([5, 10, 20, 640, 720, 720]);
  });

  it('never gets shorter than the first pause', () => {
    expect([1, 2].map((times) => patienceMs(times, 1440 * minute) / minute)).toEqual([1440, 1440]);
  });

  it('may grow to a day, or a week', () => {
    const day = 1440 * minute;
    expect([1, 2, 3, 4].map((times) => patienceMs(times, 240 * minute, day) / minute)).toEqual([240, 480, 960, 1440]);
    expect([1, 2, 3, 4].map((times) => patienceMs(times, day, 7 * day) / day)).toEqual([1, 2, 4, 7]);
  });

  it('lets a month of waiting cost fewer than a hundred attempts', () => {
    let spent = 0;
    let attempts = 0;
    while (spent < 30 * 24 * 60 * minute) spent += patienceMs(++attempts);
    expect(attempts).toBeLessThan(100);
  });
});
