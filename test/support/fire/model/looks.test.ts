import { describe, expect, it } from 'vitest';
import type { Account, Answer, GuardCourse, GuardRecord } from './account.js';
import { lookComplaints } from './looks.js';

const course: GuardCourse = { until: 'rollback/metrics', inARow: 2, criticalBelow: { success: 0.8 } };

/** A look every 100 ms from 1000 on; `.` the source said that all is well, `!` that it is critical, `-` nothing. */
function answersOf(signs: string): Answer[] {
  const values: Record<string, Pick<Answer, 'value'>> = { '.': { value: 1 }, '!': { value: 0.5 }, '-': {} };
  return signs.split('').map((sign, k) => ({ query: 'success', at: 1000 + k * 100, ...values[sign] }));
}

function guardOf(looks: number, criticalAt?: number): GuardRecord {
  return {
    t0: 1000,
    everyMs: 100,
    looks: Array.from({ length: looks }, (_, k) => ({ at: 1000 + k * 100, queries: ['success'] })),
    criticals: criticalAt === undefined ? [] : [{ query: 'success', at: criticalAt }],
  };
}

const verification = {
  address: 'rollback/metrics#1',
  t0: 1500,
  warmUpMs: 0,
  everyMs: 100,
  lengthMs: 0,
  verdict: 'PASS',
};
const states = {
  'flag/A': [
    { state: 'off', at: 0 },
    { state: 'on', at: 1000 },
  ],
};

type Watched = Pick<Account, 'guards' | 'answers' | 'windows' | 'states'>;
function watched(signs: string, guard: GuardRecord, change: Partial<Watched> = {}): Watched {
  return { guards: [guard], answers: answersOf(signs), windows: [{ ...verification, samples: [] }], states, ...change };
}

describe('the model says yes to a guard', () => {
  const cases: Array<[string, Watched]> = [
    ['that looked at every instant and saw nothing', watched('......', guardOf(6))],
    ['that saw what was critical twice in a row', watched('.!.!!.', guardOf(6, 1400))],
    ['for which an instant without a value changes nothing', watched('.!-!..', guardOf(6, 1300))],
    [
      'that asked for an instant twice',
      watched('......', guardOf(6), { answers: [...answersOf('......'), ...answersOf('..')] }),
    ],
    [
      'that believed either of two answers',
      watched('.!!...', guardOf(6, 1200), { answers: [...answersOf('.!!...'), ...answersOf('...')] }),
    ],
    [
      'that need not ask for the second behind the change',
      watched(
        '......',
        { ...guardOf(6), looks: guardOf(6).looks.with(0, { at: 1000, queries: [] }) },
        {
          answers: answersOf('......').slice(1),
        }
      ),
    ],
    [
      'of a run whose source nobody recorded',
      { guards: [guardOf(6)], windows: watched('', guardOf(0)).windows, states },
    ],
    [
      'that went on where a lost one had begun',
      watched('......', guardOf(2), {
        guards: [guardOf(2), { ...guardOf(6), t0: 1300, looks: guardOf(6).looks.slice(3) }],
      }),
    ],
  ];
  it.each(cases)('%s', (_, account) => {
    expect(lookComplaints({ guard: course }, account)).toEqual([]);
  });

  it('or to none, where the plan has none', () => {
    expect(lookComplaints({}, { guards: [], windows: [], states, answers: [] })).toEqual([]);
  });
});

describe('the model says no to a guard', () => {
  const cases: Array<[string, Watched, RegExp]> = [
    [
      'that did not ask for an instant',
      watched('......', guardOf(6), { answers: answersOf('......').toSpliced(2, 1) }),
      /^the guard was blind at 1200: its source was never asked for success$/,
    ],
    [
      'that asked for something else',
      watched('......', guardOf(6), {
        answers: answersOf('......').with(4, { query: 'failure', at: 1400, value: 1 }),
      }),
      /^the guard was blind at 1400/,
    ],
    [
      'that left its grid',
      watched('......', { ...guardOf(6), looks: guardOf(6).looks.toSpliced(3, 1) }),
      /^the guard judged 1400, which is not the next instant of its grid$/,
    ],
    [
      'that began too late',
      watched('......', guardOf(6), { states: { 'flag/A': states['flag/A'].with(1, { state: 'on', at: 999 }) } }),
      /^the guard began at 1000, and flag\/A was moved before that, at 999$/,
    ],
    [
      'that ended too early',
      watched('......', guardOf(5)),
      /^the guard looked at 1400 for the last time, before rollback\/metrics began at 1500$/,
    ],
    [
      'of which nobody knows how long it should have watched',
      watched('......', guardOf(6), { windows: [] }),
      /^no window rollback\/metrics began/,
    ],
    [
      'that counted an instant twice',
      watched('.!.!!.', guardOf(6, 1300)),
      /critical at 1300, by its source it was so at 1400$/,
    ],
    [
      'that lost a bad instant',
      watched('.!!!..', guardOf(6, 1300)),
      /critical at 1300, by its source it was so at 1200$/,
    ],
    [
      'that never said it',
      watched('..!!..', guardOf(6)),
      /^success was critical at 1300, and the guard never said so$/,
    ],
    ['that made it up', watched('......', guardOf(6, 1300)), /critical at 1300, by its source it was so at no time$/],
    [
      'of which nothing was kept',
      watched('......', guardOf(6), { guards: [] }),
      /^nothing was kept of what the guard of this run saw$/,
    ],
  ];
  it.each(cases)('%s', (_, account, complaint) => {
    expect(lookComplaints({ guard: course }, account).join('\n')).toMatch(complaint);
  });
});
