import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricStates, toldState, type GuardState } from '../../../src/plan/guard/state.js';
import { startGuard, takeGuardSample } from '../../../src/plan/guard/watch.js';
import { cause, guardSpec, readingOf, rules, signs, successRate, take } from '../../support/guard/guards.js';
import { second, t0 } from '../../support/metrics/windows.js';

const ladder = ['.', 'o', 'w', '!'];
const sign = fc.constantFrom(...ladder, '-', 'e');
const courses = fc.array(sign, { minLength: 1, maxLength: 60 }).map((all) => all.join(''));
const given = rules([successRate], {
  resolvesInMs: 300 * second,
  causes: [
    cause('loss', { metric: 'success_rate', level: 'critical' }),
    cause('low', { metric: 'success_rate', bound: { op: '<', value: 0.93, text: '< 93%' } }),
  ],
});

/** What a metric is by its own samples, whatever was told of it. */
function levelOf({ metrics }: GuardState): number {
  const { critical, warning, offTarget } = metrics['success_rate'] ?? startGuard(given, t0).metrics['success_rate']!;
  return critical.on ? 3 : warning.on ? 2 : offTarget.on ? 1 : 0;
}

describe('a guard', () => {
  it('is never better off for a worse sample', () => {
    fc.assert(
      fc.property(courses, fc.array(fc.nat(), { maxLength: 8 }), fc.nat({ max: 3 }), (course, places, by) => {
        const worse = course.split('');
        for (const place of places) {
          const index = place % course.length;
          const rung = ladder.indexOf(course[index] ?? '');
          if (rung >= 0) worse[index] = ladder[Math.min(3, rung + by)] ?? '!';
        }
        for (let length = 1; length <= course.length; length += 1) {
          const better = take(given, signs(course.slice(0, length))).state;
          const bad = take(given, signs(worse.slice(0, length).join(''))).state;
          expect(levelOf(bad)).toBeGreaterThanOrEqual(levelOf(better));
        }
      }),
      { numRuns: 150 }
    );
  });

  it('comes to the same when it is stopped and goes on at any sample, from what JSON keeps', () => {
    fc.assert(
      fc.property(courses, fc.nat(), (course, place) => {
        const whole = take(given, signs(course));
        const cut = place % (course.length + 1);
        const first = take(given, signs(course.slice(0, cut)));
        const kept = JSON.parse(JSON.stringify(first.state)) as GuardState;
        const rest = take(given, signs(course.slice(cut)), kept);
        expect(rest.state).toEqual(whole.state);
        expect([...first.news, ...rest.news]).toEqual(whole.news);
      })
    );
  });

  it('never says that a metric is better than its samples make it', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const { state } = take(given, signs(course));
        const watch = state.metrics['success_rate']!;
        expect(metricStates.indexOf(toldState(watch))).toBeGreaterThanOrEqual(
          watch.critical.on ? 4 : watch.warning.on ? 2 : 0
        );
      })
    );
  });

  it.each([
    ['a metric that goes up and down', '!!....'],
    ['one with longer rests', `!!${'.'.repeat(40)}`],
    ['one whose data comes and goes', '---...'],
    ['one that goes through every level', 'ooowww!!!---wwwooo...'],
  ])('tells little of %s 200 times', (_, once) => {
    const { news } = take(given, signs(once.repeat(200)));
    expect(news.length).toBeGreaterThan(1);
    expect(news.length).toBeLessThan(60);
  });

  it('tells of each time when they are far enough apart', () => {
    const hours = `!!${'.'.repeat(6000)}`;
    const { news } = take({ ...given, causes: [] }, signs(hours.repeat(5)));
    expect(news).toHaveLength(10);
  });

  it('takes no sample but the one that is due', () => {
    const one = rules([successRate], { guard: guardSpec() });
    const state = startGuard(one, t0);
    const { state: next } = take(one, [{ success_rate: readingOf('.') }], state);
    const late = { k: 2, at: t0 + 2 * one.guard.every.ms, readings: {} };
    expect(() => takeGuardSample(one, next, late)).toThrow('sample 2 is not the one due');
    const moved = { k: 1, at: t0 + one.guard.every.ms + 1, readings: {} };
    expect(() => takeGuardSample(one, next, moved)).toThrow('sample 1 is not the one due');
  });
});
