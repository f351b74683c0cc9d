import { beforeAll, describe, expect, it } from 'vitest';
import { criteriaOf, criterionOf, kpiBoundOf, metricTopics, type MetricTopics } from '../../src/plan/dashboards.js';
import type { Bound, Criterion, Kpi, Metric, MetricKpi, Phase, Plan } from '../../src/plan/model.js';
import { shippedPlan } from '../support/dashboard/scene.js';
import { measuredKpi, phase, plan, step, windowSpec } from '../support/stage/plans.js';

let shipped: Plan;
beforeAll(async () => {
  shipped = (await shippedPlan()).plan;
});

describe('where the metrics of a plan are shown', () => {
  it.each([
    ['goldenPath', ['golden_path_success_rate', 'chat_response_quality']],
    ['security', ['user_isolation_violations', 'permission_failures']],
    ['uptime', ['platform_uptime']],
    ['times', ['response_time_p95', 'workflow_duration', 'event_latency']],
    ['traffic', ['chat_requests']],
    ['load', ['concurrent_user_contexts']],
    ['memory', ['memory_usage_per_context']],
    ['database', ['database_connection_pool_usage']],
    ['cpu', []],
  ] as const)('of the shipped plan under %s: %j', (topic, names) => {
    expect(metricTopics(shipped)[topic].map(({ name }) => name)).toEqual(names);
  });

  it('of a plan without any of them is nowhere', () => {
    const topics = metricTopics(plan([phase('1a')]));
    expect(Object.values(topics).flat()).toEqual([]);
  });

  it('is judged by an absolute criterion before a relative one, else by what a success metric asks', () => {
    expect(criterionOf(shipped, 'error_rate')?.bound?.value).toBe(0.01);
    expect(criterionOf(shipped, 'workflow_duration')?.baseline?.ratio).toBe(0.2);
    expect(kpiBoundOf(shipped, 'platform_uptime')?.text).toBe('> 99.5%');
    expect(kpiBoundOf(shipped, 'user_isolation_violations')).toBeUndefined();
  });
});

const bound: Bound = { op: '<', value: 1, text: '< 1' };
/** Only what a test is about: a number of something that the plan judges. */
const metric = (name: string, change: Partial<Metric> = {}): Metric => {
  return { name, description: name, unit: 'count', gates: true, ...change };
};

describe('a metric is shown', () => {
  const topicsOf = (...metrics: Metric[]): Array<[string, string[]]> => {
    const topics = metricTopics({ metrics: Object.fromEntries(metrics.map((one) => [one.name, one])), phases: [] });
    return Object.entries(topics)
      .map(([topic, found]: [string, Metric[]]): [string, string[]] => [topic, found.map(({ name }) => name)])
      .filter(([, names]) => names.length > 0);
  };

  it.each<[Partial<Metric> & { name: string }, Array<keyof MetricTopics>]>([
    [{ name: 'answers', priority: 'red', unit: 'ratio' }, ['goldenPath']],
    [{ name: 'answers', priority: 'amber', unit: 'ratio' }, []],
    [{ name: 'answers', priority: 'red' }, []],
    [{ name: 'answers', priority: 'red', unit: 'ratio', gates: false }, ['load']],
    [{ name: 'tenant_isolation' }, ['security']],
    [{ name: 'Security_findings' }, ['security']],
    [{ name: 'leaks' }, ['security']],
    [{ name: 'uptime' }, ['uptime']],
    [{ name: 'cell_availability' }, ['uptime']],
    [{ name: 'duration', unit: 'seconds' }, ['times']],
    [{ name: 'error_rate' }, ['errors']],
    [{ name: 'login_failures' }, ['errors']],
    [{ name: 'data_corruption' }, ['errors']],
    [{ name: 'heap', unit: 'bytes' }, ['memory']],
    [{ name: 'memory_share', unit: 'ratio' }, ['memory']],
    [{ name: 'connection_pool' }, ['database']],
    [{ name: 'cpu_share' }, ['cpu']],
    [{ name: 'processor_load', gates: false }, ['load', 'cpu']],
    [{ name: 'database_errors' }, ['errors', 'database']],
    [{ name: 'orders' }, []],
  ])('%j under %j', ({ name, ...change }, expected) => {
    expect(topicsOf(metric(name, change))).toEqual(expected.map((topic) => [topic, [name]]));
  });

  it('among times in front of those without a threshold, and else where the plan has it', () => {
    const time = (name: string, change: Partial<Metric> = {}): Metric => metric(name, { unit: 'seconds', ...change });
    const times = [
      time('a'),
      time('b', { critical: bound }),
      time('c'),
      time('d', { warning: bound }),
      time('e', { target: bound }),
      time('f'),
    ];
    expect(topicsOf(...times)).toEqual([['times', ['b', 'd', 'e', 'a', 'c', 'f']]]);
  });

  const minTraffic = { metric: 'orders', atLeast: 1 };
  it.each<[string, Partial<Phase>, string[]]>([
    ['the success of a phase', { success: windowSpec({ minTraffic }) }, ['orders']],
    ['a look before it', { before: [step.watch('w', { minTraffic })], steps: [] }, ['orders']],
    ['a watch', { steps: [step.flag('f'), step.watch('w', { minTraffic })] }, ['orders']],
    ['the hold of a ramp', { steps: [step.traffic('t', 'F', { hold: windowSpec({ minTraffic }) })] }, ['orders']],
    ['no window', { success: windowSpec(), steps: [step.watch('w'), step.traffic('t', 'F')] }, []],
  ])('as traffic where it is counted by %s', (_what, change, names) => {
    const metrics = { orders: metric('orders'), users: metric('users') };
    const { traffic } = metricTopics({ metrics, phases: [phase('1a'), phase('1b', change)] });
    expect(traffic.map(({ name }) => name)).toEqual(names);
  });
});

const criterion = (name: string, text: string, change: Partial<Criterion>): Criterion => {
  return { metric: name, unit: 'count', text, onBreach: 'restart', increase: false, ...change };
};
const absolute = (name: string, text: string): Criterion => criterion(name, text, { bound });
const relative = (name: string, text: string): Criterion =>
  criterion(name, text, { baseline: { side: 'within', ratio: 0.2 } });
const watching = (...criteria: Criterion[]): Phase => phase('1a', { success: windowSpec({ criteria }) });

describe('the criterion that a metric is shown with', () => {
  it.each<[string, Phase[], string | undefined]>([
    ['the absolute one, behind a relative one', [watching(relative('a', '1'), absolute('a', '2'))], '2'],
    ['the absolute one of a later phase', [watching(relative('a', '1')), watching(absolute('a', '2'))], '2'],
    ['the first of two', [watching(absolute('a', '1'), absolute('a', '2'))], '1'],
    ['the first of two relative ones', [watching(relative('a', '1'), relative('a', '2'))], '1'],
    ['none of another metric', [watching(absolute('b', '1'), relative('a', '2'))], '2'],
    ['none where nothing judges it', [watching(absolute('b', '1'))], undefined],
  ])('is %s', (_what, phases, text) => {
    expect(criterionOf({ phases }, 'a')?.text).toBe(text);
  });

  it('stands once among those of a phase, its success first', () => {
    const window = (...criteria: Criterion[]): ReturnType<typeof windowSpec> => windowSpec({ criteria });
    const all = phase('1a', {
      before: [step.watch('first', { criteria: [absolute('c', 'before')] })],
      steps: [
        step.flag('f'),
        step.traffic('t', 'F', { hold: window(absolute('a', 'ramp'), absolute('d', 'ramp')) }),
        step.watch('w', { criteria: [absolute('d', 'watch'), absolute('b', 'watch'), absolute('e', 'watch')] }),
      ],
      success: window(absolute('a', 'success'), absolute('b', 'success'), absolute('a', 'again')),
    });
    expect(criteriaOf(all).map(({ metric: name, text }) => [name, text])).toEqual([
      ['a', 'success'],
      ['b', 'success'],
      ['c', 'before'],
      ['d', 'ramp'],
      ['e', 'watch'],
    ]);
    expect(criteriaOf(phase('1b'))).toEqual([]);
  });
});

describe('what a success metric asks of the values of a metric', () => {
  const kpi = (change: Partial<MetricKpi>): MetricKpi => {
    return { ...measuredKpi, kind: 'metric', metric: 'a', take: 'mean', unit: 'count', bound, ...change };
  };
  const run: Kpi = { ...kpi({}), kind: 'run', of: 'rollbacks' };
  it.each<[string, Kpi[] | undefined, Bound | undefined]>([
    ['its bound, of a mean', [kpi({})], bound],
    ['its bound, of an extreme', [kpi({ take: 'max' })], bound],
    ['nothing, of how much it changed', [kpi({ take: 'change' })], undefined],
    ['nothing, of how much it rose', [kpi({ take: 'increase' })], undefined],
    ['nothing, of another metric', [kpi({ metric: 'b' })], undefined],
    ['what is asked behind others', [run, kpi({ metric: 'b', bound: { ...bound, value: 2 } }), kpi({})], bound],
    ['nothing, of what the run itself counts', [run], undefined],
    ['nothing, without any', [], undefined],
    ['nothing, in a plan that has none', undefined, undefined],
  ])('is %s', (_what, kpis, expected) => {
    expect(kpiBoundOf(kpis ? { kpis } : {}, 'a')).toEqual(expected);
  });
});
