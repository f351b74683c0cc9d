import { describe, expect, it } from 'vitest';
import { freeze } from '../../../src/plan/freeze.js';
import { loadEnvironment } from '../../../src/plan/load-environment.js';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { expectOnlyFault, type FaultCase } from '../support/expect-fault.js';
import { freezeTexts, frozen } from '../support/freeze-texts.js';
import { changeAll, sampleEnvironment, samplePlan } from '../support/samples.js';

const days = 'schedule: { week: 1, days: 1-3 }';
const top = 'hold: { deadline: 20m, then: rollback }';
const second = 'title: Second\n';
const short = ['stable: { phases: [one], for: 48h }', 'stable: { phases: [one], for: 1h }'] as const;
const noSoak = ['    soak: 1h\n', ''] as const;

const cases: FaultCase[] = [
  {
    name: 'hours without an end',
    from: days,
    to: 'schedule: { hours: «20:00» }',
    code: 'PG104',
    says: '"20:00" are no hours',
    hint: '20:00-06:00',
  },
  {
    name: 'hours that are no time at all',
    from: days,
    to: 'schedule: { hours: «20:00-20:00» }',
    code: 'PG104',
    says: '"20:00-20:00" is no time at all',
    hint: '00:00-24:00',
  },
  {
    name: 'an hour that does not exist',
    from: days,
    to: 'schedule: { hours: «20:00-25:00» }',
    code: 'PG104',
    says: '"20:00-25:00" are no hours',
  },
  {
    name: 'a weekday that does not exist',
    from: days,
    to: 'schedule: { weekdays: «mon-fry» }',
    code: 'PG104',
    says: '"mon-fry" are no days of the week',
    hint: 'mon-fri',
  },
  {
    name: 'a time zone that does not exist',
    from: days,
    to: 'schedule: { hours: 20:00-06:00, time-zone: «Europe/Bern» }',
    code: 'PG104',
    says: '"Europe/Bern" is not a time zone',
  },
  {
    name: 'days of no week',
    from: days,
    to: 'schedule: { «days»: 1-3 }',
    code: 'PG103',
    says: 'days of which week?',
    hint: 'add week: 1',
  },
  {
    name: 'a week without days',
    from: days,
    to: 'schedule: { «week»: 1 }',
    code: 'PG103',
    says: 'a week needs the days',
    hint: 'days: 1-7',
  },
  {
    name: 'hours that end without hours',
    from: days,
    to: 'schedule: { «on-hours-end»: hold }',
    code: 'PG103',
    says: 'there are no hours that could end',
  },
  {
    name: 'a freeze that leads to something unknown',
    from: days,
    to: 'schedule: { on-freeze: «stop» }',
    code: 'PG103',
    says: '"stop" is not one of the choices',
    hint: 'finish',
  },
  {
    name: 'a blackout on a day that does not exist',
    from: top,
    to: `${top}\nblackouts: [{ from: «2026-02-30», reason: Freeze }]`,
    code: 'PG104',
    says: '"2026-02-30" is no day or time',
    hint: '2026-12-20 18:00',
  },
  {
    name: 'a blackout that ends before it begins',
    from: top,
    to: `${top}\nblackouts: [{ from: 2027-01-06, to: «2026-12-20», reason: Freeze }]`,
    code: 'PG118',
    says: 'it ends (2026-12-20) before it begins (2027-01-06)',
  },
  {
    name: 'a blackout of which nobody knows when it ends',
    from: top,
    to: `${top}\nblackouts: [{ from: «2026-12-20 18:00», reason: Freeze }]`,
    code: 'PG103',
    says: 'not when it ends',
    hint: 'write to',
  },
  {
    name: 'days that lie before those of a phase that is waited for',
    from: second,
    to: `${second}    schedule: { week: 1, days: «2-3» }\n`,
    also: [[days, 'schedule: { week: 2, days: 1-3 }'], short, noSoak],
    code: 'PG118',
    says: 'the days of two (week 1, days 2-3) lie before those of one (week 2, days 1-3), which it waits for',
    hint: 'let two start no earlier than week 2, day 1',
  },
  {
    name: 'days that a time of stability leaves no room for',
    from: second,
    to: `${second}    schedule: { week: 1, days: «2» }\n`,
    also: [[days, 'schedule: { week: 1, days: 1 }'], noSoak],
    code: 'PG118',
    says: 'two can never start on its days (week 1, day 2): one starts on day 1 at the soonest and then must be stable for 48h',
    hint: 'give two 2 days more: { week: 1, days: 2-4 }',
  },
  {
    name: 'days that a soak leaves no room for',
    from: second,
    to: `${second}    schedule: { week: 1, days: «2» }\n`,
    also: [[days, 'schedule: { week: 1, days: 1 }'], short, ['soak: 1h', 'soak: { for: 48h }']],
    code: 'PG118',
    says: 'and then soaks for 48h and must be stable for 1h',
  },
];

describe('a schedule that cannot be meant', () => {
  it.each(cases)('is an error where it stands: $name', (fault) => {
    const marked = changeAll(samplePlan, fault);
    expectOnlyFault(loadPlan(marked.text, 'plan.yaml').faults, marked, fault);
  });

  it('is one in an environment too', () => {
    const fault: FaultCase = {
      name: 'a blackout that ends before it begins',
      from: 'trust: identity',
      to: 'trust: identity\nblackouts: [{ from: 2026-12-20 18:00, to: «2026-12-20 18:00», reason: Freeze }]',
      code: 'PG118',
      says: 'before it begins',
    };
    const marked = changeAll(sampleEnvironment, fault);
    expectOnlyFault(loadEnvironment(marked.text, 'lab.yaml', {}).faults, marked, fault);
  });
});

describe('a schedule that may not hold', () => {
  function warnings(one: string, two: string, also: ReadonlyArray<readonly [string, string]> = [noSoak]): string[] {
    const change = { from: second, to: `${second}    schedule: ${two}\n`, also: [[days, `schedule: ${one}`], ...also] };
    const { faults } = loadPlan(changeAll(samplePlan, change as Parameters<typeof changeAll>[1]).text, 'plan.yaml');
    expect(faults.filter(({ severity }) => severity === 'error')).toEqual([]);
    return faults.filter(({ code }) => code === 'PG118').map(({ message, hint }) => `${message}; ${hint}`);
  }

  it.each([
    [
      'when stability asked for needs all days of the next phase',
      '{ week: 1, days: 6-7 }',
      '{ week: 2, days: 1-2 }',
      'two may come too late for its days: one may start until the end of day 7 and then must be stable for 48h, but the days of two end with day 9; give two 1 day more: { week: 2, days: 1-3 }, or one fewer: { week: 1, days: 6 }',
    ],
    [
      'and no fewer days of the phase before help',
      '{ week: 1, days: 5-7 }',
      '{ week: 1, days: 7 }',
      'two may come too late for its days: one may start until the end of day 7 and then must be stable for 48h, but the days of two end with day 7; let two start later: { week: 2, days: 1-3 }',
    ],
  ])('is warned of %s', (_what, one, two, expected) => {
    expect(warnings(one, two)).toEqual([expected]);
  });

  it('is none when a day more is there, or the stability is over sooner', () => {
    expect(warnings('{ week: 1, days: 6-7 }', '{ week: 2, days: 1-3 }')).toEqual([]);
    expect(warnings('{ week: 1, days: 6-7 }', '{ week: 2, days: 1-2 }', [short, noSoak])).toEqual([]);
    expect(
      warnings('{ week: 1, days: 3 }', '{ week: 1, days: 3 }', [
        ['stable: { phases: [one], for: 48h }', 'metric: latency < 3s'],
        noSoak,
      ])
    ).toEqual([]);
  });
});

describe('a start that leaves a phase no day', () => {
  const freezeDays = '\nblackouts: [{ from: 2026-12-20, to: 2027-01-06, reason: Year-end freeze }]';
  const at = (plan: string, environment: string, startAt: string): ReturnType<typeof freeze> =>
    freeze({
      plan: loadPlan(plan, 'plan.yaml'),
      environment: loadEnvironment(environment, 'lab.yaml', {}),
      vars: {},
      startAt: Date.parse(startAt),
    });

  it('is refused, and says what the phase would wait for', () => {
    const { faults, frozen: none } = at(samplePlan, `${sampleEnvironment.trimEnd()}${freezeDays}`, '2026-12-22T12:00Z');
    expect(none).toBeUndefined();
    expect(faults).toMatchObject([
      {
        code: 'PG119',
        path: 'phases[one].schedule',
        message:
          'if the run started now, one could never start: its days (week 1, days 1-3) end at Fri 2026-12-25 00:00 (UTC), and it would have to wait until Thu 2027-01-07 00:00 (UTC) for the end of the blackout "Year-end freeze"',
        hint: 'start on another day, or change its schedule or the blackouts',
      },
    ]);
  });

  it('is none on another day, in compressed time, or when nobody starts', () => {
    const place = `${sampleEnvironment.trimEnd()}${freezeDays}`;
    expect(at(samplePlan, place, '2026-12-19T12:00Z').faults).toEqual([]);
    expect(
      at(samplePlan, place.replace('kind: test', 'kind: test\ncompress: { scale: 9 }'), '2026-12-22T12:00Z').faults
    ).toEqual([]);
    expect(freezeTexts(samplePlan, place).faults).toEqual([]);
  });

  it('is a warning behind checklists, of which nobody knows when they are closed', () => {
    const lists = `${samplePlan.trimEnd()}${freezeDays}\npre-deployment: { checklists: [{ id: a, title: A, items: [{ attest: { id: x, title: X, by: ops } }] }] }`;
    const { faults, warnings } = at(lists, sampleEnvironment, '2026-12-22T12:00Z');
    expect(faults).toEqual([]);
    expect(warnings.filter(({ code }) => code === 'PG119')).toMatchObject([
      {
        message: expect.stringMatching(/^if the checklists were closed now, one could never start/) as string,
        hint: 'close them on another day, or change its schedule or the blackouts',
      },
    ]);
  });

  it('may lie in its weekdays alone, without any blackout', () => {
    const weekend = samplePlan.replace(days, 'schedule: { week: 1, days: 1-2, weekdays: mon-fri }');
    const { faults } = at(weekend, sampleEnvironment, '2026-11-28T12:00Z');
    expect(faults).toMatchObject([{ code: 'PG119', message: expect.stringMatching(/ for mon-fri$/) as string }]);
    expect(at(weekend, sampleEnvironment, '2026-11-27T12:00Z').faults).toEqual([]);
  });
});

describe('a frozen schedule', () => {
  const scheduleOf = (plan: string): unknown => frozen(plan).plan.phases.map(({ schedule }) => schedule);

  it('has what the plan says for all, unless the phase says otherwise', () => {
    const plan = changeAll(samplePlan, {
      from: top,
      to: `${top}\nschedule: { hours: 20:00-06:00, weekdays: mon-fri, time-zone: Asia/Tokyo, on-freeze: hold, on-hours-end: retreat }`,
      also: [
        [
          days,
          'schedule: { week: 1, days: 1-3, hours: 00:00-24:00, weekdays: mon-sun, on-freeze: finish, on-hours-end: finish }',
        ],
      ],
    }).text;
    expect(scheduleOf(plan)).toEqual([
      { week: 1, days: [1, 3], timeZone: 'Asia/Tokyo' },
      {
        hours: { from: 1200, to: 360 },
        weekdays: [1, 2, 3, 4, 5],
        timeZone: 'Asia/Tokyo',
        onFreeze: 'hold',
        onHoursEnd: 'retreat',
      },
    ]);
  });

  it('is none where nothing is to be heeded', () => {
    expect(scheduleOf(samplePlan.replace(days, 'schedule: { time-zone: Asia/Tokyo }'))).toEqual([undefined, undefined]);
  });

  it('comes with the blackouts of the place and of the plan; days are whole, times are not', () => {
    const plan = samplePlan.replace(top, `${top}\nblackouts: [{ from: 2026-12-20, to: 2027-01-06, reason: Year-end }]`);
    const place = sampleEnvironment.replace(
      'trust: identity',
      'trust: identity\nblackouts:\n  - { from: 2026-11-27 18:00, to: 2026-11-30 08:00, reason: Sale, time-zone: Asia/Tokyo }\n  - { from: 2026-12-24, reason: Eve }'
    );
    expect(frozen(plan, place).environment.blackouts).toEqual([
      { from: '2026-11-27 18:00', to: '2026-11-30 08:00', reason: 'Sale', timeZone: 'Asia/Tokyo' },
      { from: '2026-12-24 00:00', to: '2026-12-25 00:00', reason: 'Eve' },
      { from: '2026-12-20 00:00', to: '2027-01-07 00:00', reason: 'Year-end' },
    ]);
  });

  it('says in compressed time that hours and blackouts stop nothing', () => {
    const fast = sampleEnvironment.replace('kind: test', 'kind: test\ncompress: { scale: 180 }');
    const said = (plan: string): boolean =>
      freezeTexts(plan, fast).warnings.some(({ message }) =>
        message.startsWith('in compressed time nothing waits for hours')
      );
    expect([said(samplePlan), said(samplePlan.replace(days, 'schedule: { hours: 20:00-06:00 }'))]).toEqual([
      false,
      true,
    ]);
  });
});
