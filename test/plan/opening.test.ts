import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Blackout, Schedule } from '../../src/plan/model.js';
import { phaseOpening, type Opening } from '../../src/plan/schedule.js';

const minute = 60_000;
const day = 1440 * minute;
const night = { hours: { from: 20 * 60, to: 6 * 60 } };
const office = { hours: { from: 9 * 60, to: 17 * 60 } };
const freeze = (from: string, to: string, reason = 'Freeze'): Blackout => ({ from, to, reason });

interface Asked {
  schedule?: Schedule;
  at: string;
  started?: string;
  zone?: string;
  blackouts?: Blackout[];
}

function ask({ schedule, at, started = at, zone = 'UTC', blackouts = [] }: Asked): Opening {
  const [askedAt, runStartedAt] = [Date.parse(`${at}Z`), Date.parse(`${started}Z`)];
  return phaseOpening({ ...(schedule ? { schedule } : {}), blackouts, runStartedAt, timeZone: zone, askedAt });
}
const iso = (instant: number | undefined): string => new Date(instant ?? 0).toISOString().slice(0, 16);
const span = ({ opensAt, closesAt }: Opening): string => `${iso(opensAt)} to ${iso(closesAt)}`;

describe('the hours of a phase', () => {
  it.each<[string, Asked, string]>([
    ['begin later the same day', { schedule: office, at: '2026-11-30T07:00' }, '2026-11-30T09:00 to 2026-11-30T17:00'],
    [
      'are open at their first minute',
      { schedule: office, at: '2026-11-30T09:00' },
      '2026-11-30T09:00 to 2026-11-30T17:00',
    ],
    [
      'are open in their last minute',
      { schedule: office, at: '2026-11-30T16:59' },
      '2026-11-30T16:59 to 2026-11-30T17:00',
    ],
    ['are over at their end', { schedule: office, at: '2026-11-30T17:00' }, '2026-12-01T09:00 to 2026-12-01T17:00'],
    ['may go over midnight', { schedule: night, at: '2026-11-30T12:00' }, '2026-11-30T20:00 to 2026-12-01T06:00'],
    ['are open behind midnight', { schedule: night, at: '2026-11-30T02:00' }, '2026-11-30T02:00 to 2026-11-30T06:00'],
    [
      'may end at midnight',
      { schedule: { hours: { from: 1200, to: 1440 } }, at: '2026-11-30T21:00' },
      '2026-11-30T21:00 to 2026-12-01T00:00',
    ],
    [
      'belong to the weekday on which they begin: the night from Friday is open on Saturday',
      { schedule: { ...night, weekdays: [1, 2, 3, 4, 5] }, at: '2026-12-05T03:00' },
      '2026-12-05T03:00 to 2026-12-05T06:00',
    ],
    [
      'belong to the weekday on which they begin: the night from Sunday is not open on Monday',
      { schedule: { ...night, weekdays: [1, 2, 3, 4, 5] }, at: '2026-11-30T03:00' },
      '2026-11-30T20:00 to 2026-12-01T06:00',
    ],
    [
      'may be whole days of the week, which are one stretch',
      { schedule: { weekdays: [1, 2, 3, 4, 5] }, at: '2026-11-29T10:00' },
      '2026-11-30T00:00 to 2026-12-05T00:00',
    ],
    [
      'hold in a zone of their own',
      { schedule: { ...office, timeZone: 'Asia/Tokyo' }, at: '2026-11-30T01:00', zone: 'Europe/Berlin' },
      '2026-11-30T01:00 to 2026-11-30T08:00',
    ],
    [
      'begin on the days of the phase',
      { schedule: { week: 1, days: [3, 3], ...night }, at: '2026-11-30T12:00' },
      '2026-12-02T00:00 to 2026-12-02T06:00',
    ],
    [
      'end with the days of the phase',
      { schedule: { week: 1, days: [1, 1], ...night }, at: '2026-11-30T21:00' },
      '2026-11-30T21:00 to 2026-12-01T00:00',
    ],
    // Clock changes.
    [
      'that begin in a gap begin at its end',
      { schedule: { hours: { from: 150, to: 300 } }, at: '2026-03-29T00:00', zone: 'Europe/Berlin' },
      '2026-03-29T01:00 to 2026-03-29T03:00',
    ],
    [
      'that lie in a gap do not come that day',
      { schedule: { hours: { from: 120, to: 180 } }, at: '2026-03-29T00:30', zone: 'Europe/Berlin' },
      '2026-03-30T00:00 to 2026-03-30T01:00',
    ],
    [
      'that lie in a gap on their only weekday come two weeks after the last time',
      { schedule: { hours: { from: 120, to: 180 }, weekdays: [7] }, at: '2026-03-22T02:00', zone: 'Europe/Berlin' },
      '2026-04-05T00:00 to 2026-04-05T01:00',
    ],
    [
      'that begin in an overlap begin at the first occurrence, and go on through the second',
      { schedule: { hours: { from: 150, to: 300 } }, at: '2026-10-24T23:00', zone: 'Europe/Berlin' },
      '2026-10-25T00:30 to 2026-10-25T04:00',
    ],
    [
      'that end in an overlap end at the first occurrence',
      { schedule: { hours: { from: 60, to: 150 } }, at: '2026-10-24T23:00', zone: 'Europe/Berlin' },
      '2026-10-24T23:00 to 2026-10-25T00:30',
    ],
    [
      'that lie in an overlap come once',
      { schedule: { hours: { from: 120, to: 180 } }, at: '2026-10-25T01:10', zone: 'Europe/Berlin' },
      '2026-10-25T01:10 to 2026-10-25T02:00',
    ],
    [
      'gain an hour in the night of the overlap in New York',
      { schedule: night, at: '2026-10-31T20:00', zone: 'America/New_York' },
      '2026-11-01T00:00 to 2026-11-01T11:00',
    ],
    [
      'lose half an hour in the night of the gap on Lord Howe',
      { schedule: night, at: '2026-10-03T06:00', zone: 'Australia/Lord_Howe' },
      '2026-10-03T09:30 to 2026-10-03T19:00',
    ],
    [
      'on days around one that does not exist are one stretch',
      { schedule: { weekdays: [4, 6] }, at: '2011-12-29T12:00', zone: 'Pacific/Apia' },
      '2011-12-29T12:00 to 2011-12-31T10:00',
    ],
    [
      'go on over a Friday that does not exist to the next one',
      { schedule: { weekdays: [1, 2, 3, 4, 6, 7] }, at: '2011-12-28T12:00', zone: 'Pacific/Apia' },
      '2011-12-28T12:00 to 2012-01-05T10:00',
    ],
    [
      'go over a day that does not exist in Apia',
      { schedule: office, at: '2011-12-30T05:00', zone: 'Pacific/Apia' },
      '2011-12-30T19:00 to 2011-12-31T03:00',
    ],
  ])('%s', (_what, asked, expected) => {
    expect(span(ask(asked))).toBe(expected);
  });
});

describe('a blackout', () => {
  const yearEnd = freeze('2026-12-20 00:00', '2027-01-07 00:00', 'Year-end freeze');

  it.each<[string, Asked, string, string]>([
    [
      'lets nothing start before it is over',
      { at: '2026-12-24T12:00', blackouts: [yearEnd] },
      '2027-01-07T00:00',
      'until Thu 2027-01-07 00:00 (UTC) for the end of the blackout "Year-end freeze"',
    ],
    ['is over at its end', { at: '2027-01-07T00:00', blackouts: [yearEnd] }, '2027-01-07T00:00', 'for nothing'],
    [
      'is in force from its first minute',
      { at: '2026-12-20T00:00', blackouts: [yearEnd] },
      '2027-01-07T00:00',
      'until Thu 2027-01-07 00:00 (UTC) for the end of the blackout "Year-end freeze"',
    ],
    [
      'may follow upon another',
      { at: '2026-12-24T12:00', blackouts: [freeze('2027-01-06 12:00', '2027-01-08 00:00', 'Sale'), yearEnd] },
      '2027-01-08T00:00',
      'until Fri 2027-01-08 00:00 (UTC) for the end of the blackout "Year-end freeze" and the end of the blackout "Sale"',
    ],
    [
      'and then the hours are waited for',
      { at: '2026-12-24T12:00', schedule: night, blackouts: [freeze('2026-12-20 00:00', '2027-01-07 08:00')] },
      '2027-01-07T20:00',
      'until Thu 2027-01-07 20:00 (UTC) for hours 20:00-06:00 and the end of the blackout "Freeze"',
    ],
    [
      'holds in its own zone',
      {
        at: '2026-12-20T12:00',
        blackouts: [{ ...freeze('2026-12-20 00:00', '2026-12-21 00:00'), timeZone: 'Asia/Tokyo' }],
      },
      '2026-12-20T15:00',
      'until Sun 2026-12-20 15:00 (UTC) for the end of the blackout "Freeze"',
    ],
    [
      'that ends in a gap ends at its end',
      {
        at: '2026-03-29T00:30',
        zone: 'Europe/Berlin',
        blackouts: [freeze('2026-03-28 00:00', '2026-03-29 02:30')],
      },
      '2026-03-29T01:00',
      'until Sun 2026-03-29 03:00 (Europe/Berlin) for the end of the blackout "Freeze"',
    ],
  ])('%s', (_what, asked, expected, text) => {
    const found = ask(asked);
    expect([iso(found.opensAt), found.text]).toEqual([expected, text]);
  });

  it('closes what was open when it begins', () => {
    expect(span(ask({ at: '2026-12-01T00:00', blackouts: [yearEnd] }))).toBe('2026-12-01T00:00 to 2026-12-20T00:00');
  });

  it('that a clock change leaves out says nothing', () => {
    const none = [freeze('2011-12-30 00:00', '2011-12-31 00:00')];
    expect(ask({ at: '2011-12-29T12:00', zone: 'Pacific/Apia', blackouts: none })).not.toHaveProperty('closesAt');
  });

  it('says nothing in compressed time, and neither do hours', () => {
    const asked = { schedule: night, blackouts: [yearEnd], runStartedAt: 0, timeZone: 'UTC', askedAt: yearEndInstant };
    expect(phaseOpening({ ...asked, compression: { scale: 180 } })).toEqual({
      opensAt: yearEndInstant,
      text: 'for nothing',
    });
  });
  const yearEndInstant = Date.UTC(2026, 11, 24);
});

describe('a phase that can never start', () => {
  it('says that its days are over', () => {
    const late = ask({ schedule: { week: 1, days: [1, 2] }, started: '2026-11-30T12:00', at: '2026-12-03T12:00' });
    expect(late).toEqual({
      opensAt: Date.UTC(2026, 11, 2),
      closesAt: Date.UTC(2026, 11, 2),
      closed: 'its days (week 1, days 1-2) ended at Wed 2026-12-02 00:00 (UTC)',
      text: 'for nothing',
    });
    const just = ask({ schedule: { week: 1, days: [1, 2] }, started: '2026-11-30T12:00', at: '2026-12-02T00:00' });
    expect(just.closed).toBe(late.closed);
  });

  it.each<[string, Asked, string]>([
    [
      'all of its days lie in a blackout',
      {
        schedule: { week: 1, days: [2, 3] },
        at: '2026-12-22T12:00',
        blackouts: [freeze('2026-12-20 00:00', '2027-01-07 00:00', 'Year-end freeze')],
      },
      'its days (week 1, days 2-3) end at Fri 2026-12-25 00:00 (UTC), and it would have to wait until Thu 2027-01-07 00:00 (UTC) for week 1, days 2-3 and the end of the blackout "Year-end freeze"',
    ],
    [
      'none of its days is one of its weekdays',
      { schedule: { week: 1, days: [1, 2], weekdays: [1, 2, 3, 4, 5] }, at: '2026-11-28T12:00' },
      'its days (week 1, days 1-2) end at Mon 2026-11-30 00:00 (UTC), and it would have to wait until Mon 2026-11-30 00:00 (UTC) for mon-fri',
    ],
    [
      'the hours of its last day are over',
      { schedule: { week: 1, days: [1, 1], ...office }, at: '2026-11-30T18:00' },
      'its days (week 1, day 1) end at Tue 2026-12-01 00:00 (UTC), and it would have to wait until Tue 2026-12-01 09:00 (UTC) for hours 09:00-17:00',
    ],
  ])('says what it would wait for: %s', (_what, asked, expected) => {
    const found = ask(asked);
    expect(found.closed).toBe(expected);
    expect(found.closesAt).toBeLessThanOrEqual(Date.parse(`${asked.at}Z`));
  });
});

describe('the freeze that a phase must heed', () => {
  const sale = freeze('2026-12-01 03:00', '2026-12-02 00:00', 'Sale');
  it.each<[string, Schedule, Opening['freeze']]>([
    ['none, where it is finished', night, undefined],
    [
      'the next blackout',
      { ...night, onFreeze: 'hold' },
      { at: Date.UTC(2026, 11, 1, 3), then: 'hold', reason: 'the blackout "Sale" began at Tue 2026-12-01 03:00 (UTC)' },
    ],
    [
      'the end of its hours',
      { ...night, onHoursEnd: 'retreat' },
      {
        at: Date.UTC(2026, 11, 1, 6),
        then: 'retreat',
        reason: 'its hours 20:00-06:00 ended at Tue 2026-12-01 06:00 (UTC)',
      },
    ],
    [
      'the earlier of both',
      { ...night, onFreeze: 'hold', onHoursEnd: 'retreat' },
      { at: Date.UTC(2026, 11, 1, 3), then: 'hold', reason: 'the blackout "Sale" began at Tue 2026-12-01 03:00 (UTC)' },
    ],
  ])('is %s', (_what, schedule, expected) => {
    expect(ask({ schedule, at: '2026-11-30T21:00', blackouts: [sale] }).freeze).toEqual(expected);
  });

  it('is the earlier of both where its hours end first', () => {
    const schedule: Schedule = { ...night, onFreeze: 'hold', onHoursEnd: 'retreat' };
    const late = freeze('2026-12-01 08:00', '2026-12-02 00:00');
    expect(ask({ schedule, at: '2026-11-30T21:00', blackouts: [late] }).freeze).toMatchObject({
      at: Date.UTC(2026, 11, 1, 6),
      then: 'retreat',
    });
  });

  it('is the first of several blackouts, in whatever order they are written', () => {
    const blackouts = [freeze('2026-12-05 00:00', '2026-12-06 00:00', 'Later'), sale];
    const found = ask({ schedule: { onFreeze: 'hold' }, at: '2026-11-30T21:00', blackouts });
    expect(found.freeze?.at).toBe(Date.UTC(2026, 11, 1, 3));
    expect(found.closesAt).toBe(Date.UTC(2026, 11, 1, 3));
  });
});

/**
 * The same question, answered minute by minute: a minute suits when the furthest that the wall clock has come by then
 * lies on the days, in the hours and outside of blackouts. What a clock change repeats does not bring anything back.
 */
class MinuteByMinute {
  private static readonly clocks = new Map<string, number[]>();
  private readonly furthest: number[];
  private readonly from: number;
  private readonly question: Parameters<typeof phaseOpening>[0];

  constructor(question: Parameters<typeof phaseOpening>[0], around: number) {
    this.question = question;
    this.from = around - 4 * day;
    const { timeZone } = question;
    const key = `${timeZone} ${around}`;
    this.furthest = MinuteByMinute.clocks.get(key) ?? this.read(timeZone, around + 30 * day);
    MinuteByMinute.clocks.set(key, this.furthest);
  }

  private read(timeZone: string, until: number): number[] {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
    const found: number[] = [];
    for (let at = this.from; at <= until; at += minute) {
      const shown = Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
      found.push(Math.max(found.at(-1) ?? 0, shown));
    }
    return found;
  }

  suits(at: number): boolean {
    const { schedule = {}, blackouts = [], runStartedAt } = this.question;
    const now = this.wall(at);
    const first = Math.floor(this.wall(runStartedAt) / day) * day;
    const { week, days, weekdays, hours = { from: 0, to: 1440 } } = schedule;
    if (week !== undefined && days) {
      const today = (now - first) / day - (week - 1) * 7;
      if (today < days[0] - 1 || today >= days[1]) return false;
    }
    const length = hours.to - hours.from + (hours.to <= hours.from ? 1440 : 0);
    const open = [0, 1].some((ago) => {
      const date = Math.floor(now / day) * day - ago * day;
      const begins = date + hours.from * minute;
      const weekday = new Date(date).getUTCDay() || 7;
      return (!weekdays || weekdays.includes(weekday)) && begins <= now && now < begins + length * minute;
    });
    const wallOf = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);
    return open && !blackouts.some(({ from, to }) => wallOf(from) <= now && now < wallOf(to));
  }

  private wall(at: number): number {
    return this.furthest[Math.round((at - this.from) / minute)] ?? 0;
  }
}

describe('the opening of any schedule at any time', () => {
  const minutes = fc.integer({ min: 0, max: 1439 });
  const hours = fc
    .tuple(minutes, fc.integer({ min: 1, max: 1440 }))
    // Hours of a whole day are none: a schedule leaves them out.
    .filter(([from, to]) => from !== to && to - from < 1440)
    .map(([from, to]) => ({ from, to }));
  const schedule: fc.Arbitrary<Schedule> = fc
    .record(
      {
        days: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 })),
        hours,
        weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 }),
      },
      { requiredKeys: [] }
    )
    .map(({ days, ...rest }) => (days ? { ...rest, week: 1, days: [days[0], days[0] + days[1]] } : rest));
  /** Days around which the clocks change. */
  const places = fc.constantFrom(
    ['Europe/Berlin', Date.UTC(2026, 2, 28)],
    ['Europe/Berlin', Date.UTC(2026, 9, 24)],
    ['America/New_York', Date.UTC(2026, 2, 7)],
    ['America/New_York', Date.UTC(2026, 9, 31)],
    ['Australia/Lord_Howe', Date.UTC(2026, 3, 4)],
    ['Australia/Lord_Howe', Date.UTC(2026, 9, 3)],
    ['Pacific/Apia', Date.UTC(2011, 11, 29)],
    ['UTC', Date.UTC(2026, 11, 30)]
  ) as fc.Arbitrary<[string, number]>;
  const wallText = (wall: number): string => new Date(wall).toISOString().slice(0, 16).replace('T', ' ');

  it('is the first minute from the one asked that suits days, hours and blackouts, and lasts until one does not', () => {
    fc.assert(
      fc.property(
        places,
        schedule,
        fc.integer({ min: -1440, max: 2 * 1440 }),
        fc.integer({ min: 0, max: 3 * 1440 }),
        fc.array(fc.tuple(fc.integer({ min: -1440, max: 6 * 1440 }), fc.integer({ min: 1, max: 2000 })), {
          maxLength: 2,
        }),
        ([timeZone, around], asked, started, later, closed) => {
          const runStartedAt = around + started * minute;
          const askedAt = runStartedAt + later * minute;
          const blackouts = closed.map(([from, length]) =>
            freeze(wallText(around + from * minute), wallText(around + (from + length) * minute))
          );
          const question = { schedule: asked, blackouts, runStartedAt, timeZone, askedAt };
          const found = phaseOpening(question);
          // Blackouts end within eight days of the clock change, and then a weekday may be two weeks away.
          const until = askedAt + 24 * day;
          const oracle = new MinuteByMinute(question, around);
          let first = askedAt;
          while (first < until && !oracle.suits(first)) first += minute;
          if (found.closed !== undefined) {
            expect(first).toBeGreaterThanOrEqual(until);
            return;
          }
          expect(iso(found.opensAt)).toBe(iso(first));
          let end = first;
          while (end < until && oracle.suits(end)) end += minute;
          if (end < until) expect(iso(found.closesAt)).toBe(iso(end));
          else expect(found.closesAt ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(until);
        }
      ),
      { numRuns: 200 }
    );
  }, 60_000);
});
