import { describe, expect, it } from 'vitest';
import type { Metric } from '../../../src/plan/model.js';
import { toldState, type GuardRules, type GuardState } from '../../../src/plan/guard/state.js';
import { startGuard } from '../../../src/plan/guard/watch.js';
import { blindReason } from '../../../src/plan/guard/words.js';
import {
  cause,
  guardSpec,
  readingOf,
  rules,
  signs,
  successRate,
  take,
  told,
  violations,
  type Row,
} from '../../support/guard/guards.js';
import { bound, second, span, t0, value } from '../../support/metrics/windows.js';

describe('a metric under guard', () => {
  it.each([
    ['is critical when two samples in a row cross the critical threshold', '..!!', ['3 success_rate ok -> critical']],
    ['is not for one of them', '..!..!..', []],
    ['is at its warning likewise', '.w.ww', ['4 success_rate ok -> warning']],
    ['counts a critical sample as one beyond the warning', '.w!', ['2 success_rate ok -> warning']],
    [
      'goes on from warning to critical',
      'ww!!',
      ['1 success_rate ok -> warning', '3 success_rate warning -> critical'],
    ],
    ['only misses its target where it crosses no threshold', 'ooo', ['1 success_rate ok -> off-target']],
    [
      'is back after three good samples in a row',
      '!!....',
      ['1 success_rate ok -> critical', '4 success_rate critical -> ok'],
    ],
    ['is not back after two', '!!..!..', ['1 success_rate ok -> critical']],
    [
      'is at its warning when only the critical threshold is over',
      '!!www',
      ['1 success_rate ok -> critical', '4 success_rate critical -> warning'],
    ],
    ['has no data after three samples without a value', '.---', ['3 success_rate ok -> no-data']],
    ['whose source fails has no data either', '.e-e', ['3 success_rate ok -> no-data']],
    ['has data again after three', '---...', ['2 success_rate ok -> no-data', '5 success_rate no-data -> ok']],
    ['is not critical by a gap', '!-.', []],
    ['is critical by two samples with a gap between them', '!-!', ['2 success_rate ok -> critical']],
    ['is not cleared by gaps', '!!.-.-!', ['1 success_rate ok -> critical']],
    ['stays critical while it has no data', '!!-----', ['1 success_rate ok -> critical']],
    [
      'is critical at once when the data that comes back is',
      '---!!',
      ['2 success_rate ok -> no-data', '4 success_rate no-data -> critical'],
    ],
  ])('%s: %s', (_, text, expected) => {
    // A second metric, always well: else no data at all would be the guard's own news.
    const two = rules([successRate, { ...successRate, name: 'other' }]);
    const rows = signs(text).map((row) => ({ ...row, other: value(0.99) }));
    expect(told(take(two, rows).news)).toEqual(expected);
  });

  it('whose target is another number than 0 is judged by its value, and not by how much it rose', () => {
    const replicas: Metric = {
      ...violations,
      name: 'replicas',
      target: bound('==', 3),
      warning: bound('<', 3),
      critical: bound('<', 2),
    };
    const given = rules([replicas], { baseline: { replicas: 3 } });
    const rows = [3, 3, 3, 2, 2, 1, 1].map((number) => ({ replicas: value(number) }));
    const { news } = take(given, rows);
    expect(told(news)).toEqual(['4 replicas ok -> warning', '6 replicas warning -> critical']);
    expect(news.at(-1)).toMatchObject({ value: 1 });
    expect(JSON.stringify(news)).not.toContain('rose');
  });

  it('says what it saw, when, and which threshold that crosses', () => {
    const { news, state } = take(rules(), signs('..!!'));
    expect(news).toEqual([
      {
        kind: 'metric',
        metric: 'success_rate',
        from: 'ok',
        to: 'critical',
        value: 0.5,
        at: Date.UTC(2026, 10, 22, 10, 0, 3),
        reason: 'success_rate is beyond its critical threshold (< 0.8): 50% at 2026-11-22 10:00:03Z',
      },
    ]);
    expect(state.metrics['success_rate']).toMatchObject({ value: 0.5, seenAt: Date.UTC(2026, 10, 22, 10, 0, 3) });
  });

  it.each<[string, string, string]>([
    ['at its warning', 'ww', 'is beyond its warning threshold (< 0.9): 85% at 2026-11-22 10:00:01Z'],
    [
      'at its warning by samples before the last',
      '!!.w.',
      'was beyond its warning threshold (< 0.9) and is not sure to be back: 99% at 2026-11-22 10:00:04Z',
    ],
    ['off its target', 'oo', 'crosses no threshold, and misses its target (> 0.95): 92% at 2026-11-22 10:00:01Z'],
    [
      'off its target by samples before the last',
      'ww.o.',
      'crosses no threshold, and is not sure to be inside its target (> 0.95): 99% at 2026-11-22 10:00:04Z',
    ],
    ['back', '!!...', 'is back inside its thresholds: 99% at 2026-11-22 10:00:04Z'],
    ['without data', '.---', 'has had no valid value on 3 samples in a row (no data)'],
    ['without a source', '.eee', 'has had no valid value on 3 samples in a row (connect ECONNREFUSED)'],
  ])('says why it is %s', (_, text, reason) => {
    const two = rules([successRate, { ...successRate, name: 'other' }]);
    const rows = signs(text).map((row) => ({ ...row, other: value(0.99) }));
    expect(take(two, rows).news.at(-1)?.reason).toBe(`success_rate ${reason}`);
  });

  it.each([
    ['has no thresholds', { warning: undefined, critical: undefined }, 'can be measured again'],
    ['has but a warning', { critical: undefined }, 'is back inside its thresholds'],
    ['has but a critical threshold', { warning: undefined }, 'is back inside its thresholds'],
  ])('that %s says what it is when its data is back', (_, without, words) => {
    const free = { ...successRate, ...without } as Metric;
    const two = rules([free, { ...successRate, name: 'other' }]);
    const rows = signs('---...').map((row) => ({ ...row, other: value(0.99) }));
    expect(take(two, rows).news.at(-1)).toMatchObject({
      from: 'no-data',
      to: 'ok',
      reason: `success_rate ${words}: 99% at 2026-11-22 10:00:05Z`,
    });
  });

  it('that has no target is never off it', () => {
    const { target: _target, ...free } = successRate;
    expect(told(take(rules([free]), signs('oooww')).news)).toEqual(['4 success_rate ok -> warning']);
  });

  it('takes a value that is no number for none', () => {
    const rows = [...signs('!'), { success_rate: value(NaN) }, ...signs('!')];
    const { news, state } = take(rules(), rows);
    expect(told(news)).toEqual(['2 success_rate ok -> critical']);
    expect(state.metrics['success_rate']?.problem).toBe('the value is NaN');
  });
});

describe('a metric whose target is 0', () => {
  const counts = (...numbers: number[]): Row[] => numbers.map((number) => ({ violations: value(number) }));

  it('counts from what it was before the first change', () => {
    expect(told(take(rules([violations], { baseline: { violations: 7 } }), counts(7, 7, 8, 8)).news)).toEqual([
      '3 violations ok -> critical',
    ]);
    expect(take(rules([violations], { baseline: { violations: 7 } }), counts(7, 7, 7)).news).toEqual([]);
  });

  it('counts from its first sample where that is not known', () => {
    const { news } = take(rules([violations]), counts(7, 7, 9, 9));
    expect(told(news)).toEqual(['3 violations ok -> critical']);
    expect(news[0]?.reason).toContain('rose by 2 at');
  });

  it('sees through a counter that begins again', () => {
    expect(told(take(rules([violations], { baseline: { violations: 7 } }), counts(7, 0, 0, 1, 1)).news)).toEqual([
      '4 violations ok -> critical',
    ]);
  });

  it('is told of again at its warning each time that its count has doubled', () => {
    const counted: Metric = { ...violations, warning: { op: '>=', value: 1, text: '>= 1' }, critical: bound('>=', 50) };
    const { news, state } = take(rules([counted], { baseline: { violations: 0 } }), counts(0, 1, 1, 1, 2, 3, 4, 7, 30));
    expect(news.map((one) => (one.kind === 'metric' ? [one.to, one.value, one.grown] : []))).toEqual([
      ['warning', 1, undefined],
      ['warning', 2, true],
      ['warning', 4, true],
      ['warning', 30, true],
    ]);
    expect(news[1]?.reason).toContain('rose by 2 at');
    // What is critical is an incident: people look at it themselves.
    const worse = take(rules([counted], { baseline: { violations: 0 } }), counts(60, 70, 500, 5000), state).news;
    expect(told(worse)).toEqual(['9 violations warning -> warning', '10 violations warning -> critical']);
  });

  it('takes a query that counts by itself as it is', () => {
    expect(told(take(rules([violations], { sinceChange: ['violations'] }), counts(1, 1)).news)).toEqual([
      '1 violations ok -> critical',
    ]);
  });
});

describe('what comes back while it still stands as told', () => {
  // As shipped: a resolution looks for five minutes, and behind four breaches better news wait for eight.
  const guard = guardSpec({ every: span(15 * second), recoveredInARow: 4 });
  const causes = [cause('loss', { metric: 'success_rate', level: 'critical' })];
  const given = rules([successRate], { guard, causes, resolvesInMs: 300 * second });
  const good = (samples: number): string => '.'.repeat(samples);
  const fourTimes = signs(`!!${good(4)}!!${good(8)}!!${good(16)}!!`);

  const back = (
    samples: number,
    change: Partial<GuardRules> = {},
    again = '!!'
  ): { at: number; news: string[]; state: GuardState } => {
    const rested = take({ ...given, ...change }, [...fourTimes, ...signs(good(samples))]);
    const at = ((rested.state.nextK + 1) * guard.every.ms) / second;
    const { news, state } = take({ ...given, ...change }, signs(again), rested.state);
    return { at, news: told(news), state };
  };

  it('is told again where its incident may have been resolved meanwhile', () => {
    const { at, news, state } = back(28);
    expect(news).toEqual([`${at} success_rate critical -> critical`, `${at} cause loss`]);
    expect(told(take(given, signs(`!!${good(10)}!!!!`), state).news)).toEqual([]);
  });

  it('is told again as soon as a resolution could have passed', () => {
    expect(back(17).news).toEqual([]);
    expect(back(18).news).toHaveLength(2);
  });

  it('is no news where it was well for less, or where no incident is opened', () => {
    expect(back(10).news).toEqual([]);
    const { resolvesInMs: _none, ...without } = given;
    expect(told(take(without, [...fourTimes, ...signs(`${good(28)}!!`)]).news.slice(-2))).toEqual([
      '525 success_rate ok -> critical',
      '525 cause loss',
    ]);
  });

  it('that makes no incident by itself is told by its cause alone', () => {
    const { at, news } = back(28, { metrics: [{ ...successRate, priority: 'amber' }] });
    expect(news).toEqual([`${at} cause loss`]);
  });

  it('is not told again by one sample', () => {
    expect(back(20, {}, '!.!.').news).toEqual([]);
  });
});

describe('a guard that can measure nothing', () => {
  const two = rules([successRate, { ...successRate, name: 'other' }]);
  const both = (text: string): Row[] => signs(text).map((row) => ({ ...row, other: row['success_rate'] ?? value(1) }));

  it('says so once, and not for each metric', () => {
    const { news } = take(two, both('..eeeeeee'));
    expect(told(news)).toEqual(['4 blind']);
    expect(news[0]?.reason).toBe(
      'none of the 2 metrics that the guard watches has had a valid value on 3 samples in a row or more (connect ECONNREFUSED)'
    );
  });

  it('sees again when one metric does, and then says which does not', () => {
    const rows = [...both('eee'), ...signs('...').map((row) => ({ ...row, other: { kind: 'no-data' as const } }))];
    const { news } = take(two, rows);
    expect(told(news)).toEqual(['2 blind', '5 other ok -> no-data', '5 sees']);
    expect(news[1]?.reason).toBe('other has had no valid value on 6 samples in a row (no data)');
  });

  it('says so in the words for one where it watches but one', () => {
    const { news } = take(rules(), signs('---...'));
    expect(told(news)).toEqual(['2 blind', '5 sees']);
    expect(news.map(({ reason }) => reason)).toEqual([
      'the metric that the guard watches has had no valid value on 3 samples in a row or more (no data)',
      'metrics can be measured again',
    ]);
  });

  it('goes on to say of a metric that it has no data where it has said so', () => {
    const first = signs('---').map((row) => ({ ...row, other: value(0.99) }));
    const { news, state } = take(two, [...first, ...both('eeee')]);
    expect(told(news)).toEqual(['2 success_rate ok -> no-data', '5 blind']);
    expect(Object.values(state.metrics).map(toldState)).toEqual(['no-data', 'ok']);
  });

  it('names the problem of the first metric that has one', () => {
    const rows = signs('---').map((row) => ({ ...row, other: readingOf('e') }));
    const { problem, ...well } = take(two, rows).state.metrics['success_rate']!;
    expect(problem).toBe('no data');
    const watches = { success_rate: well, other: { ...well, problem: 'gone' } };
    expect(blindReason(two, watches, true)).toMatch(/\(gone\)$/);
  });

  it('keeps what was critical before', () => {
    const { state, news } = take(two, both('!!eeee'));
    expect(told(news)).toEqual(['1 success_rate ok -> critical', '1 other ok -> critical', '4 blind']);
    expect(Object.values(state.metrics).map(toldState)).toEqual(['critical', 'critical']);
  });
});

describe('a guard of what nobody began to watch', () => {
  it('is a fault of the program', () => {
    expect(() => take(rules([{ ...successRate, name: 'other' }]), signs('.'), startGuard(rules(), t0))).toThrow(
      'other is not watched by this guard'
    );
  });

  it('is not blind when it watches nothing', () => {
    expect(take(rules([]), signs('----')).news).toEqual([]);
  });
});
