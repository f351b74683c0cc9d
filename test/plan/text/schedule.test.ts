import { expect, it } from 'vitest';
import type { Blackout, Schedule } from '../../../src/plan/model.js';
import { blackoutText, freezeText, scheduleText } from '../../../src/plan/text/schedule.js';

const hours = { from: 1200, to: 360 };
const timeZone = 'Europe/Berlin';

it.each<[Schedule, string]>([
  [{}, ''],
  [{ timeZone }, ''],
  [{ week: 1, days: [3, 3] }, 'week 1, day 3'],
  [{ week: 2, days: [1, 2], timeZone }, 'week 2, days 1-2 (Europe/Berlin)'],
  [{ week: 2 }, ''],
  [{ days: [1, 2] }, ''],
  [{ hours }, 'hours 20:00-06:00'],
  [{ weekdays: [1, 2, 3] }, 'mon-wed'],
  [{ hours, weekdays: [6] }, 'hours 20:00-06:00 on sat'],
  [
    { week: 1, days: [1, 3], hours, weekdays: [6, 7], timeZone },
    'week 1, days 1-3, hours 20:00-06:00 on sat, sun (Europe/Berlin)',
  ],
])('the schedule %j is told as: %s', (schedule, text) => {
  expect(scheduleText(schedule)).toBe(text);
});

it.each<[Schedule, string]>([
  [{}, ''],
  [{ onFreeze: 'hold' }, 'when a blackout begins it holds before its next step'],
  [{ onHoursEnd: 'retreat' }, 'when its hours end it is rolled back'],
  [
    { onFreeze: 'retreat', onHoursEnd: 'hold' },
    'when a blackout begins it is rolled back, when its hours end it holds before its next step',
  ],
])('what becomes of a phase under way with %j is told as: %s', (schedule, text) => {
  expect(freezeText(schedule)).toBe(text);
});

it.each<[Partial<Blackout>, string]>([
  [{}, '2026-12-20 00:00 to 2027-01-07 00:00 (UTC): Year-end freeze'],
  [{ timeZone }, '2026-12-20 00:00 to 2027-01-07 00:00 (Europe/Berlin): Year-end freeze'],
])('a blackout with %j has the zone that counts: %s', (change, text) => {
  const blackout = { from: '2026-12-20 00:00', to: '2027-01-07 00:00', reason: 'Year-end freeze', ...change };
  expect(blackoutText(blackout, 'UTC')).toBe(text);
});
