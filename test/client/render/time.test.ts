import { describe, expect, it } from 'vitest';
import { clock, parseSpan, timeOfDay, untilText } from '../../../src/client/render/time.js';

const noon = Date.UTC(2026, 10, 22, 12, 0, 0);

describe('times for people', () => {
  it.each([
    [0, '00:00:00'],
    [-5, '00:00:00'],
    [59_999, '00:00:59'],
    [3_661_000, '01:01:01'],
    [90_061_000, '1d 01:01:01'],
  ])('show %i ms of a run as %s', (ms, text) => {
    expect(clock(ms)).toBe(text);
  });

  it('leave the date out on the same day only', () => {
    expect(timeOfDay(noon, noon + 3_600_000)).toBe('12:00:00');
    expect(timeOfDay(noon, noon + 24 * 3_600_000)).toBe('2026-11-22 12:00:00');
  });

  it('say until when, and how long that is', () => {
    expect(untilText(noon + 55_000, noon)).toBe('until 12:00:55 UTC (in 55 s)');
    expect(untilText(noon - 5_000, noon)).toBe('until 11:59:55 UTC (5 s ago)');
  });

  it.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    [' 2D ', 172_800_000],
  ])('read %j', (text, ms) => {
    expect(parseSpan(text)).toBe(ms);
  });

  it.each(['', '5', 's', '1m1h', '-5s', '5 m', '1.5h', 'PT5M'])('do not read %j', (text) => {
    expect(parseSpan(text)).toBeUndefined();
  });
});
