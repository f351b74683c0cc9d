import { describe, expect, it } from 'vitest';
import { defaultDeadline, defaultEvery, defaultReminder, windowLength } from '../../src/plan/window-defaults.js';

const minute = 60_000;
const hour = 60 * minute;

describe('what a window has where the plan says nothing', () => {
  it.each([
    [30 * minute, 15_000],
    [hour, 15_000],
    [hour + 1, minute],
    [24 * hour - 1, minute],
    [24 * hour, 5 * minute],
    [7 * 24 * hour, 5 * minute],
  ])('is a sample in time for its length: one of %d ms every %d ms', (length, every) => {
    expect(defaultEvery(length)).toBe(every);
  });

  it('is three times its length until the deadline', () => {
    expect(defaultDeadline(30 * minute)).toBe(90 * minute);
  });

  it.each([
    [hour, 15 * minute],
    [16 * hour, 4 * hour],
    [48 * hour, 4 * hour],
    [10, 3],
  ])(
    'is a reminder four times before an approval expires, every four hours at least: %d ms, %d ms',
    (expires, every) => {
      expect(defaultReminder(expires)).toBe(every);
    }
  );

  it.each([
    ['its own, however long its criteria are', '5m', ['30m'], '5m'],
    ['the longest of its criteria, in time and not in letters', undefined, ['90s', '1h', undefined, '30m'], '1h'],
    ['the longest, also when it comes first', undefined, ['1h', '30m'], '1h'],
    ['none where nothing says one', undefined, [undefined], undefined],
  ])('is a length: %s', (_what, own, ofCriteria, length) => {
    expect(windowLength(own, ofCriteria)).toBe(length);
  });
});
