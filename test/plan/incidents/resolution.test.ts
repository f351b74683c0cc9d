import { describe, expect, it } from 'vitest';
import { mustBe, ownCriteria, resolutionWindow, type About } from '../../../src/plan/incidents/resolution.js';
import type { Bound, Metric } from '../../../src/plan/model.js';
import { plan, span, windowSpec } from '../../support/stage/plans.js';

const bound = (op: Bound['op'], value: number, text: string): Bound => ({ op, value, text });
const metric = (name: string, change: Partial<Metric>): Metric => {
  return { name, description: name, unit: 'ratio', gates: true, ...change };
};
const metrics = {
  success: metric('success', { target: bound('>', 0.95, '> 95%') }),
  errors: metric('errors', { target: bound('<', 0.01, '< 1%') }),
  delivery: metric('delivery', { target: bound('>', 0.98, '> 98%'), critical: bound('<', 0.9, '< 90%') }),
  pool: metric('pool', { warning: bound('>', 0.8, '> 80%'), critical: bound('>', 0.95, '> 95%') }),
  memory: metric('memory', { unit: 'bytes', critical: bound('>=', 25e6, '>= 25MB') }),
  duration: metric('duration', { unit: 'seconds' }),
  leaks: metric('leaks', { unit: 'count', target: bound('==', 0, '== 0') }),
  queue: metric('queue', { unit: 'count' }),
  restarts: metric('restarts', { unit: 'count', target: bound('<=', 0, '<= 0') }),
  leaders: metric('leaders', { unit: 'count', target: bound('==', 1, '== 1') }),
  drift: metric('drift', { unit: 'count', warning: bound('<=', 2, '<= 2') }),
  state: metric('state', { unit: 'count', warning: bound('==', 3, '== 3') }),
};
const red = windowSpec({
  criteria: ['success', 'errors'].flatMap((name) => windowSpec().criteria.map((one) => ({ ...one, metric: name }))),
});
const of = plan([], { metrics, rollback: { metrics: ['success', 'errors'], window: red, checks: [] } });
const slower = { above: 0.5 };

describe('what a resolution is judged by beside the red metrics', () => {
  it.each<[string, About, Record<string, number>, Array<[text: string, ...Array<Bound['op'] | number>]>]>([
    ['nothing, where nobody named a metric', {}, {}, []],
    ['nothing, where the plan does not know it', { metric: 'toString' }, {}, []],
    ['nothing, where it is judged already', { metric: 'success' }, {}, []],
    ['nothing, where it is judged already behind others', { metric: 'errors' }, {}, []],
    ['its target', { metric: 'delivery' }, {}, [['delivery > 98%', '>', 0.98]]],
    ['its warning turned round, without a target', { metric: 'pool' }, {}, [['pool <= 80%', '<=', 0.8]]],
    ['its critical threshold turned round, without either', { metric: 'memory' }, {}, [['memory < 25MB', '<', 25e6]]],
    ['the metric of its cause', { when: { metric: 'pool', level: 'critical' } }, {}, [['pool <= 80%', '<=', 0.8]]],
    [
      'the condition of its cause turned round, without thresholds',
      { when: { metric: 'queue', bound: bound('>', 100, '> 100') } },
      {},
      [['queue <= 100', '<=', 100]],
    ],
    [
      'its baseline, where its cause compares with it',
      { metric: 'duration', when: { metric: 'duration', slower } },
      { duration: 0.5 },
      [['duration <= 750ms', '<=', 0.75]],
    ],
    [
      'nothing, where its cause has a condition of another metric',
      { metric: 'queue', when: { metric: 'duration', slower } },
      { queue: 4, duration: 0.5 },
      [],
    ],
    ['its threshold turned round, which may not be touched', { metric: 'drift' }, {}, [['drift > 2', '>', 2]]],
    [
      'nothing, where its cause is a threshold that it does not have',
      { when: { metric: 'queue', level: 'warning' } },
      { queue: 4 },
      [],
    ],
    ['nothing, where nobody knows the baseline', { when: { metric: 'duration', slower } }, {}, []],
    ['nothing, where no side of a threshold is the good one', { metric: 'state' }, {}, []],
  ])('is %s', (_what, about, baseline, expected) => {
    const found = ownCriteria(of, about, baseline);
    expect(found.map(({ text, bound: judged }) => [text, judged?.op, judged?.value])).toEqual(expected);
    for (const { text, bound: judged } of found) expect(text.endsWith(` ${judged?.text ?? 'none'}`)).toBe(true);
  });

  it('counts what must not rise, from when somebody says that it is resolved', () => {
    expect(ownCriteria(of, { metric: 'leaks' }, {})).toEqual([
      {
        metric: 'leaks',
        unit: 'count',
        text: 'leaks == 0',
        bound: metrics.leaks.target,
        onBreach: 'restart',
        increase: true,
      },
    ]);
  });

  it.each(['delivery', 'restarts', 'leaders'])('does not count how much %s rose, whose value may be there', (name) => {
    expect(ownCriteria(of, { metric: name }, {})).toMatchObject([{ metric: name, increase: false }]);
  });

  it('stands behind them in the window, and in what is said', () => {
    const { window } = of.rollback;
    const own = ownCriteria(of, { metric: 'delivery' }, {});
    expect(resolutionWindow(window, own)).toEqual({ ...window, criteria: [...window.criteria, ...own] });
    expect(resolutionWindow(window)).toBe(window);
    const length = span(300_000);
    expect(mustBe({ length }, own)).toBe(
      `the red metrics must be inside their targets, and delivery > 98%, for ${length.planned}`
    );
    expect(mustBe({ length })).toBe(`the red metrics must be inside their targets for ${length.planned}`);
  });
});
