import { describe, expect, it } from 'vitest';
import {
  bySeverity,
  isTroubleOfItsOwn,
  pageOfAlert,
  takesAllBack,
  troubleOfCause,
  troubleOfMetric,
} from '../../../src/plan/guard/pages.js';
import { metricStates, type GuardState } from '../../../src/plan/guard/state.js';
import type { Metric } from '../../../src/plan/model.js';
import type { Trouble } from '../../../src/plan/trouble.js';
import type { MetricState } from '../../../src/plan/watch-status.js';
import { incidents as withCauses, span } from '../../support/stage/plans.js';

const metric = (name: string, priority: Metric['priority'] = 'red'): Metric => ({
  name,
  description: name,
  unit: 'ratio',
  priority,
  gates: true,
});
const metrics = [metric('isolation'), metric('agents'), metric('success'), metric('latency', 'amber')];
const severity = (number: 1 | 2 | 3, reach: 'all' | 'component' | 'none', causes: object[]): object => ({
  severity: number,
  title: String(number),
  reach,
  action: '',
  respondWithin: span(1),
  escalateTo: [],
  escalateAfter: span(1),
  causes,
});
const cause = (id: string, of: string): object => ({ id, title: id, when: { metric: of, level: 'critical' } });
const incidents = incidentsOf(
  severity(1, 'all', [cause('leak', 'isolation')]),
  severity(2, 'component', [cause('component-failure', 'agents')]),
  severity(3, 'none', [])
);
const rules = { metrics, incidents };

function incidentsOf(...severities: object[]): ReturnType<typeof withCauses> {
  return { ...withCauses(), severities } as ReturnType<typeof withCauses>;
}

function saw(states: Record<string, MetricState>, held: string[] = []): GuardState {
  const told = (name: string): object => ({ told: { rank: metricStates.indexOf(states[name] ?? 'ok'), since: 0 } });
  const holds = (name: string): object => ({ told: { rank: states[name] === 'critical' ? 1 : 0, since: 0 } });
  return {
    metrics: Object.fromEntries(metrics.map(({ name }) => [name, told(name)])),
    causes: {
      leak: holds('isolation'),
      'component-failure': holds('agents'),
      ...Object.fromEntries(held.map((id) => [id, { told: { rank: 1, since: 0 } }])),
    },
  } as unknown as GuardState;
}

describe('what a critical alert is paged under', () => {
  it.each<[string, Record<string, MetricState>, string, string | undefined]>([
    ['a cause of severity 1', { isolation: 'critical' }, 'isolation', 'everything'],
    ['a red metric that no cause names', { success: 'critical' }, 'success', 'everything'],
    ['a cause that holds the run', { agents: 'critical' }, 'agents', 'guard/cause/component-failure'],
    ['a metric that makes no trouble', { latency: 'critical' }, 'latency', undefined],
    ['no trouble yet', { success: 'warning' }, 'success', undefined],
  ])('is, for %s, its page', (_, states, name, page) => {
    expect(pageOfAlert(rules, { watch: saw(states) }, name)).toBe(page);
  });

  it('is none beside an incident of severity 3, which calls as a warning does', () => {
    const slow = { id: 'slow', title: 'slow', when: { metric: 'latency', level: 'warning' } };
    const third = incidentsOf(severity(1, 'all', []), severity(2, 'component', []), severity(3, 'none', [slow]));
    const second = incidentsOf(severity(1, 'all', []), severity(2, 'component', [slow]), severity(3, 'none', []));
    const watch = saw({ latency: 'critical' }, ['slow']);
    expect(pageOfAlert({ metrics, incidents: third }, { watch }, 'latency')).toBeUndefined();
    expect(pageOfAlert({ metrics, incidents: second }, { watch }, 'latency')).toBe('guard/cause/slow');
  });

  it('is everything, whatever it is, once something takes everything back', () => {
    const watch = saw({ agents: 'critical', latency: 'critical' });
    for (const name of ['agents', 'latency', 'guard'])
      expect(pageOfAlert(rules, { watch, takesAllBack: true }, name)).toBe('everything');
  });

  it('is that of its own trouble, whatever else holds', () => {
    const both = incidentsOf(
      severity(1, 'all', []),
      severity(2, 'component', [cause('one', 'isolation'), cause('two', 'agents')])
    );
    const watch = saw({}, ['one', 'two']);
    expect(['isolation', 'agents'].map((name) => pageOfAlert({ metrics, incidents: both }, { watch }, name))).toEqual([
      'guard/cause/one',
      'guard/cause/two',
    ]);
  });

  it('is its own where the plan has no rules for any severity, and while nobody has looked', () => {
    const none = incidentsOf();
    expect(pageOfAlert({ metrics, incidents: none }, { watch: saw({ success: 'critical' }) }, 'success')).toBe(
      'guard/metric/success'
    );
    expect(pageOfAlert(rules, {}, 'success')).toBeUndefined();
  });

  it('is its own in a plan without incidents', () => {
    expect(pageOfAlert({ metrics }, { watch: saw({ success: 'critical' }) }, 'success')).toBeUndefined();
  });
});

describe('what takes everything back', () => {
  it.each<[Record<string, MetricState>, boolean]>([
    [{ isolation: 'critical' }, true],
    [{ success: 'critical' }, true],
    [{ agents: 'critical' }, false],
    [{ latency: 'critical', isolation: 'warning', success: 'no-data' }, false],
  ])('%j: %s', (states, is) => {
    expect(takesAllBack(rules, saw(states))).toBe(is);
  });
});

describe('troubles that come together', () => {
  const trouble = (change: Partial<Trouble>): Trouble => ({
    dedupKey: 'x',
    source: 'guard',
    title: '',
    reason: '',
    at: 0,
    level: 'critical',
    ...change,
  });
  const component = trouble({ cause: 'component-failure', metric: 'agents' });
  const slow = trouble({ metric: 'latency', level: 'warning' });
  const leak = trouble({ cause: 'leak', metric: 'isolation' });

  it('are told with the gravest first, and else in their order', () => {
    expect(bySeverity(rules, [slow, component, leak])).toEqual([leak, component, slow]);
    expect(bySeverity({ metrics }, [slow, component, leak])).toEqual([slow, component, leak]);
  });
});

describe('a critical metric', () => {
  it.each<[string, object[], boolean]>([
    ['that no cause names', [], true],
    ['that a cause names at its critical threshold', [cause('a', 'success')], false],
    [
      'that a cause names at its warning',
      [{ id: 'a', title: 'a', when: { metric: 'success', level: 'warning' } }],
      true,
    ],
    ['that a cause names with a bound', [{ id: 'a', title: 'a', when: { metric: 'success', bound: {} } }], true],
    ['while a cause names another', [cause('a', 'agents')], true],
  ])('%s: trouble of its own is %s', (_, causes, is) => {
    const given = { metrics, incidents: incidentsOf(severity(1, 'all', causes)) };
    expect(isTroubleOfItsOwn(given, 'success')).toBe(is);
    expect(isTroubleOfItsOwn(given, 'latency')).toBe(false);
    expect(isTroubleOfItsOwn({ metrics }, 'success')).toBe(true);
  });

  it('is told as a trouble that the run takes', () => {
    expect(troubleOfMetric({ metric: 'success', reason: '50%', at: 7 })).toEqual({
      dedupKey: 'guard/metric/success',
      source: 'guard',
      metric: 'success',
      level: 'critical',
      title: 'success is critical',
      reason: '50%',
      at: 7,
    });
  });

  it('is told with what the words of a call need, and so is its cause', () => {
    const seen = { value: 0.5, context: { affected_users: '7' } };
    const own = { metric: 'success', reason: '50%', at: 7 };
    expect(troubleOfMetric({ ...own, ...seen })).toMatchObject(seen);
    expect(troubleOfCause({ metrics }, { cause: 'leak', ...own }, seen)).toMatchObject(seen);
  });
});

describe('a cause', () => {
  const slow = { id: 'slow', title: 'It is slow', when: { metric: 'latency', bound: {} } };
  const given = {
    metrics,
    incidents: incidentsOf(severity(1, 'all', [cause('leak', 'isolation')]), severity(3, 'none', [slow])),
  };
  it.each([
    ['leak', 'isolation', { title: 'leak', level: 'critical' }],
    ['slow', 'latency', { title: 'It is slow' }],
    ['gone', 'latency', { title: 'gone' }],
  ])('%s is told with its title, and with its level where it has one', (id, of, words) => {
    expect(troubleOfCause(given, { cause: id, metric: of, reason: 'seen', at: 7 })).toStrictEqual({
      dedupKey: `guard/cause/${id}`,
      source: 'guard',
      cause: id,
      metric: of,
      reason: 'seen',
      at: 7,
      ...words,
    });
  });
});
