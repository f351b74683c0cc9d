import { describe, expect, it } from 'vitest';
import { hoursText, parseHours } from '../../../src/plan/language/hours.js';
import { endOf, parseMoment, wallText } from '../../../src/plan/language/moment.js';
import { parseWeekdays, weekdaysText } from '../../../src/plan/language/weekdays.js';

describe('hours', () => {
  it.each([
    ['20:00-06:00', { from: 1200, to: 360 }],
    ['09:00-17:30', { from: 540, to: 1050 }],
    ['00:00-24:00', { from: 0, to: 1440 }],
    ['23:59-00:01', { from: 1439, to: 1 }],
  ])('%s are read, and written again', (text, hours) => {
    expect(parseHours(text)).toEqual({ ok: true, value: hours });
    expect(hoursText(hours)).toBe(text);
  });

  it.each(['', '20:00', '24:00-06:00', '9:00-17:00', '09:00-17:60', '09:00 - 17:00', '09:00-17:00 ', 'at 09:00-17:00'])(
    '"%s" are none',
    (text) => expect(parseHours(text)).toMatchObject({ ok: false, problem: `"${text}" are no hours` })
  );

  it.each(['09:00-09:00', '00:00-00:00'])('%s are no time at all', (text) =>
    expect(parseHours(text)).toMatchObject({ ok: false, problem: `"${text}" is no time at all` })
  );
});

describe('a day or a time', () => {
  const day = 86_400_000;
  it.each([
    ['2026-12-20', Date.UTC(2026, 11, 20), true, '2026-12-20 00:00'],
    ['2026-12-20 18:05', Date.UTC(2026, 11, 20, 18, 5), false, '2026-12-20 18:05'],
    ['2026-12-20T18:05', Date.UTC(2026, 11, 20, 18, 5), false, '2026-12-20 18:05'],
    ['2028-02-29', Date.UTC(2028, 1, 29), true, '2028-02-29 00:00'],
  ])('%s is read', (text, wall, whole, written) => {
    const moment = { wall, whole };
    expect(parseMoment(text)).toEqual({ ok: true, value: moment });
    expect(wallText(wall)).toBe(written);
    expect(endOf(moment)).toBe(whole ? wall + day : wall);
  });

  it.each([
    '',
    '2026-02-30',
    '2026-13-01',
    '2026-12-20 24:00',
    '2026-12-20 25:00',
    '2026-12-20 18:00:00',
    '20.12.2026',
    'on 2026-12-20',
  ])('"%s" is none', (text) =>
    expect(parseMoment(text)).toMatchObject({ ok: false, problem: `"${text}" is no day or time` })
  );
});

describe('days of the week', () => {
  it.each([
    ['mon', [1], 'mon'],
    ['mon-fri', [1, 2, 3, 4, 5], 'mon-fri'],
    ['sat, sun', [6, 7], 'sat, sun'],
    ['fri-mon', [1, 5, 6, 7], 'mon, fri-sun'],
    ['wed,mon', [1, 3], 'mon, wed'],
    ['mon-tue, tue-wed,  fri', [1, 2, 3, 5], 'mon-wed, fri'],
    ['tue-mon', [1, 2, 3, 4, 5, 6, 7], 'mon-sun'],
    ['thu-thu', [4], 'thu'],
  ])('%s are read, each once and in their order, and written shortly', (text, days, written) => {
    expect(parseWeekdays(text)).toEqual({ ok: true, value: days });
    expect(weekdaysText(days)).toBe(written);
  });

  it.each(['', 'mon-fry', 'Mon', 'mon fri', 'mon-wed-fri', 'mon,', ' mon'])('"%s" are none', (text) =>
    expect(parseWeekdays(text)).toMatchObject({ ok: false, problem: `"${text}" are no days of the week` })
  );
});
