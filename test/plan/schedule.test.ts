import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phaseOpening, type Opening } from '../../src/plan/schedule.js';
import type { Environment, Schedule } from '../../src/plan/model.js';

const hour = 3_600_000;

/** Asked when the run starts. */
function opening(
  schedule: Schedule,
  runStartedAt: number,
  timeZone: string,
  compression?: Environment['compression']
): Opening {
  const asked = { schedule, runStartedAt, timeZone, askedAt: runStartedAt };
  return phaseOpening({ ...asked, ...(compression ? { compression } : {}) });
}

function opensAt(started: string, day: number, timeZone: string, week = 1): string {
  const { opensAt: instant } = opening({ week, days: [day, 7] }, Date.parse(started), timeZone);
  return new Date(instant).toISOString();
}

describe('the days of a phase', () => {
  it('begin at once on the first day', () => {
    const started = Date.parse('2026-03-02T14:30:00Z');
    expect(opening({ week: 1, days: [1, 3] }, started, 'UTC')).toEqual({
      opensAt: started,
      closesAt: Date.parse('2026-03-05T00:00:00Z'),
      text: 'for nothing',
    });
  });

  it.each([
    ['with the day of the start', '2026-03-02T14:30:00Z', 1, [1, 1], 'UTC', '2026-03-03T00:00:00.000Z'],
    ['with the last of them', '2026-03-02T14:30:00Z', 1, [4, 5], 'UTC', '2026-03-07T00:00:00.000Z'],
    ['with the week', '2026-03-02T14:30:00Z', 2, [6, 7], 'UTC', '2026-03-16T00:00:00.000Z'],
    ['in their own zone', '2026-03-02T23:30:00Z', 1, [1, 2], 'Asia/Tokyo', '2026-03-04T15:00:00.000Z'],
    ['an hour early in spring', '2026-03-27T12:00:00Z', 1, [1, 3], 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
  ] as const)('end %s', (_what, started, week, [first, last], zone, expected) => {
    const runStartedAt = Date.parse(started);
    const { closesAt } = opening({ week, days: [first, last] }, runStartedAt, zone);
    expect(new Date(closesAt ?? 0).toISOString()).toBe(expected);
  });

  it('end where the next ones begin', () => {
    const started = Date.parse('2026-10-23T12:00:00Z');
    const { closesAt } = opening({ week: 1, days: [1, 7] }, started, 'America/New_York');
    expect(closesAt).toBe(opening({ week: 2, days: [1, 1] }, started, 'America/New_York').opensAt);
  });

  it('do not end where time is compressed, since people are not', () => {
    const compression = { scale: 100_000 };
    for (const days of [
      [1, 1],
      [4, 5],
    ] as const) {
      const answer = opening({ week: 1, days: [...days] }, 1000, 'UTC', compression);
      expect(answer).not.toHaveProperty('closesAt');
    }
  });

  it.each([
    ['a plain zone', '2026-03-02T14:30:00Z', 4, 'UTC', '2026-03-05T00:00:00.000Z'],
    ['another week', '2026-03-02T14:30:00Z', 2, 'UTC', '2026-03-10T00:00:00.000Z', 2],
    ['over the end of a year', '2026-12-30T10:00:00Z', 4, 'UTC', '2027-01-02T00:00:00.000Z'],
    ['over a leap day', '2028-02-27T10:00:00Z', 4, 'UTC', '2028-03-01T00:00:00.000Z'],
    // 23:30 UTC is already the next day there.
    ['east of Greenwich', '2026-03-02T23:30:00Z', 2, 'Asia/Tokyo', '2026-03-03T15:00:00.000Z'],
    ['west of Greenwich', '2026-03-02T03:00:00Z', 2, 'America/Los_Angeles', '2026-03-02T08:00:00.000Z'],
    ['half an hour off', '2026-03-02T03:00:00Z', 2, 'Asia/Kolkata', '2026-03-02T18:30:00.000Z'],
    ['14 hours ahead', '2026-03-02T09:00:00Z', 2, 'Pacific/Kiritimati', '2026-03-02T10:00:00.000Z'],
    ['11 hours behind', '2026-03-02T12:00:00Z', 2, 'Pacific/Pago_Pago', '2026-03-03T11:00:00.000Z'],
    ['over the start of summer time', '2026-03-27T12:00:00Z', 4, 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['over its end', '2026-10-23T12:00:00Z', 4, 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
    // Summer time begins at midnight: the day begins at one.
    ['without a midnight', '2018-11-02T12:00:00Z', 3, 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    // Friday the 30th of December 2011 did not exist there.
    ['without a whole day', '2011-12-29T12:00:00Z', 2, 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ])('begin at the first instant of their calendar day: %s', (_what, started, day, zone, expected, week = 1) => {
    expect(opensAt(started, day, zone, week)).toBe(expected);
  });

  it('never begin when their only one does not exist', () => {
    const { closed } = opening({ week: 1, days: [2, 2] }, Date.parse('2011-12-29T12:00:00Z'), 'Pacific/Apia');
    expect(closed).toMatch(/^its days \(week 1, day 2\) end at Sat 2011-12-31 00:00 \(Pacific\/Apia\), and it would/);
  });

  it('that are the first open at once where time is compressed, and say no more of it', () => {
    const compression = { scale: 168 };
    expect(opening({ week: 1, days: [1, 3] }, 1000, 'UTC', compression)).toEqual({
      opensAt: 1000,
      text: 'for nothing',
    });
  });

  it('are divided and cut where time is compressed', () => {
    const compressed = opening({ week: 2, days: [1, 2] }, 1000, 'UTC', { scale: 168 });
    expect(compressed).toEqual({
      opensAt: 1000 + hour,
      text: 'until Thu 1970-01-01 01:00:01 (UTC) for week 2, days 1-2 (compressed to 60 min)',
    });
    const cut = opening({ week: 2, days: [1, 2] }, 1000, 'UTC', {
      scale: 168,
      cap: { ms: 10_000, planned: '10s' },
    });
    expect(cut.opensAt).toBe(11_000);
  });

  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/Sao_Paulo'
  );
  it('never begin before their day, and the instant before is still the day before', () => {
    const date = (instant: number, timeZone: string): string =>
      new Intl.DateTimeFormat('en-CA', { timeZone }).format(instant);
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('2015-01-01'), max: Date.parse('2030-01-01') }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 7 }),
        zones,
        (started, week, day, zone) => {
          fc.pre(week * day > 1);
          const { opensAt: instant } = opening({ week, days: [day, day] }, started, zone);
          expect(date(instant - 1, zone) < date(instant, zone)).toBe(true);
          const days = (Date.parse(date(instant, zone)) - Date.parse(date(started, zone))) / (24 * hour);
          expect(days).toBe((week - 1) * 7 + day - 1);
        }
      ),
      { numRuns: 200 }
    );
  });
});
