import { describe, expect, it } from 'vitest';
import { cleanupDays } from '../../../src/plan/cleanup/days.js';
import type { CleanupGroup } from '../../../src/plan/model.js';

const day = 86_400_000;
const utc = (text: string): number => Date.parse(`${text}Z`);

function daysOf(
  schedule: CleanupGroup['schedule'],
  firstDay: string,
  { completedAt = firstDay, timeZone = 'UTC' } = {}
): string[] {
  const group = { id: 'g', schedule, length: { ms: day, planned: '7d' } };
  const { g } = cleanupDays({
    groups: [group],
    firstDayAt: utc(firstDay),
    completedAt: utc(completedAt),
    timeZone,
  });
  return [g?.opensAt, g?.dueAt].map((ms) => new Date(ms ?? 0).toISOString().slice(0, 16));
}

const week = (from: number, to = from): CleanupGroup['schedule'] => ({ unit: 'week', from, to });
const month = (from: number, to = from): CleanupGroup['schedule'] => ({ unit: 'month', from, to });

describe('the days of clean-up', () => {
  it.each([
    [
      'week 3 is the third seven days from the first one',
      week(3),
      '2026-03-02T10:30',
      '2026-03-16T00:00',
      '2026-03-23T00:00',
    ],
    [
      'months 2 and 3 are those of the calendar',
      month(2, 3),
      '2026-03-02T10:30',
      '2026-04-02T00:00',
      '2026-06-02T00:00',
    ],
    [
      'a month without such a day ends with its last',
      month(2),
      '2026-01-31T10:00',
      '2026-02-28T00:00',
      '2026-03-31T00:00',
    ],
    ['a leap year has one more', month(2), '2028-01-31T10:00', '2028-02-29T00:00', '2028-03-31T00:00'],
    ['a year is over after December', month(2, 3), '2026-11-15T10:00', '2026-12-15T00:00', '2027-02-15T00:00'],
  ])('%s', (_, schedule, first, opens, due) => {
    expect(daysOf(schedule, first)).toEqual([opens, due]);
  });

  it('are those of the environment, also where summer time begins in between', () => {
    // 02:00 UTC is still the day before in New York; at the begin it is five hours behind, at the end four.
    expect(daysOf(week(1, 2), '2026-03-02T02:00', { timeZone: 'America/New_York' })).toEqual([
      '2026-03-02T02:00',
      '2026-03-16T01:00',
    ]);
  });

  it('begin with the completion of a run that was late, and last as long as planned', () => {
    expect(daysOf(week(3), '2026-03-02T10:30', { completedAt: '2026-03-25T12:00' })).toEqual([
      '2026-03-25T12:00',
      '2026-04-01T12:00',
    ]);
  });

  it('count from the first day in compressed time, which has people their least time', () => {
    const group = { id: 'g', schedule: week(3), length: { ms: 8000, planned: '7d' } };
    const first = utc('2026-03-02T10:30');
    const asked = { groups: [group], firstDayAt: first, timeZone: 'UTC' };
    const compression = { scale: 180, cap: { ms: 10_000, planned: '10s' } };
    expect(cleanupDays({ ...asked, completedAt: first, compression }).g).toEqual({
      opensAt: first + 10_000,
      dueAt: first + 18_000,
    });
    expect(cleanupDays({ ...asked, completedAt: first + 60_000, compression }).g?.opensAt).toBe(first + 60_000);
  });

  it.each([
    ['the first week at once', week(1), 0],
    ['the third week after two weeks of seven days', week(3), (14 * day) / 180],
    ['the second month after thirty days', month(2), (30 * day) / 180],
  ])('are so much sooner in compressed time without a cap: %s', (_, schedule, after) => {
    const group = { id: 'g', schedule, length: { ms: 8000, planned: '7d' } };
    const first = utc('2026-03-02T10:30');
    const asked = { groups: [group], firstDayAt: first, completedAt: first, timeZone: 'UTC' };
    expect(cleanupDays({ ...asked, compression: { scale: 180 } }).g).toEqual({
      opensAt: first + after,
      dueAt: first + after + 8000,
    });
  });
});
