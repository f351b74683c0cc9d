import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, wallAt, zonedText } from '../../../src/plan/calendar/zone.js';

const wall = (text: string): number => Date.parse(`${text}Z`);
const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 19);

describe('what a wall clock shows at an instant', () => {
  it('is the instant itself in UTC, to the millisecond, also before 1970', () => {
    const instants = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2100, 0, 1) });
    fc.assert(
      fc.property(instants, (instant) => {
        expect(wallAt(instant, 'UTC')).toBe(instant);
      })
    );
  });

  it.each([
    ['at midnight, which is no hour 24', '2026-05-31T22:00:00', 'Europe/Berlin', '2026-06-01T00:00:00'],
    ['at noon', '2026-06-01T10:00:00', 'Europe/Berlin', '2026-06-01T12:00:00'],
    ['after noon, west of Greenwich', '2026-01-15T20:30:45', 'America/New_York', '2026-01-15T15:30:45'],
    ['in quarters of an hour', '2026-01-15T20:30:00', 'Asia/Kathmandu', '2026-01-16T02:15:00'],
    ['in a country that counts other years', '2026-01-15T20:30:00', 'Asia/Bangkok', '2026-01-16T03:30:00'],
    ['in a new year', '2026-12-31T12:00:00', 'Pacific/Kiritimati', '2027-01-01T02:00:00'],
  ])('%s', (_what, instant, zone, expected) => {
    expect(iso(wallAt(wall(instant), zone))).toBe(expected);
  });
});

describe('the instant at which a wall clock shows a time', () => {
  it.each([
    ['on a plain day', '2026-06-01T20:00', 'Europe/Berlin', '2026-06-01T18:00:00'],
    ['in a gap of an hour, its end', '2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:00:00'],
    ['at the end of a gap', '2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00'],
    ['just before a gap', '2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00'],
    ['in an overlap, the first', '2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00'],
    ['just behind an overlap', '2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00'],
    ['in a gap west of Greenwich', '2026-03-08T02:15', 'America/New_York', '2026-03-08T07:00:00'],
    ['in an overlap west of Greenwich', '2026-11-01T01:15', 'America/New_York', '2026-11-01T05:15:00'],
    ['in a gap of half an hour', '2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:30:00'],
    ['in an overlap of half an hour', '2026-04-05T01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00'],
    ['just behind an overlap of half an hour', '2026-04-05T02:00', 'Australia/Lord_Howe', '2026-04-04T15:30:00'],
    ['in a day that was left out', '2011-12-30T13:00', 'Pacific/Apia', '2011-12-30T10:00:00'],
    ['at a midnight that was left out', '2018-11-04T00:00', 'America/Sao_Paulo', '2018-11-04T03:00:00'],
    ['in UTC', '2026-12-31T23:59', 'UTC', '2026-12-31T23:59:00'],
  ])('%s', (_what, time, zone, expected) => {
    expect(iso(instantOf(wall(time), zone))).toBe(expected);
  });

  it('is the first at which the clock shows that time or a later one, in every zone and around every change', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu', 'UTC'];
    const minute = 60_000;
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.oneof(
          fc.integer({ min: Date.UTC(2011, 11, 28), max: Date.UTC(2012, 0, 1) }),
          fc.integer({ min: Date.UTC(2026, 2, 28), max: Date.UTC(2026, 3, 6) }),
          fc.integer({ min: Date.UTC(2026, 9, 2), max: Date.UTC(2026, 10, 3) })
        ),
        (zone, near) => {
          const asked = Math.floor(near / minute) * minute;
          const found = instantOf(asked, zone);
          expect(wallAt(found, zone)).toBeGreaterThanOrEqual(asked);
          for (let ago = minute; ago <= 180 * minute; ago += minute) {
            expect(wallAt(found - ago, zone)).toBeLessThan(asked);
          }
        }
      ),
      { numRuns: 60 }
    );
  });

  it('is told with its weekday and zone, and with seconds where there are any', () => {
    expect(zonedText(Date.UTC(2026, 10, 30, 19), 'Europe/Berlin')).toBe('Mon 2026-11-30 20:00 (Europe/Berlin)');
    expect(zonedText(Date.UTC(2026, 10, 30, 19, 0, 7), 'UTC')).toBe('Mon 2026-11-30 19:00:07 (UTC)');
  });
});
