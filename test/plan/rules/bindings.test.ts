import { describe, expect, it } from 'vitest';
import { riseQuery } from '../../../src/plan/rise.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { freezeTexts, frozen } from '../support/freeze-texts.js';
import { changeAll, replaceOnce, sampleEnvironment, samplePlan } from '../support/samples.js';
import { watchedPlan } from '../support/watch-samples.js';

const users2 = ['  users: {', '  users2: { description: Users, unit: count }\n  users: {'] as const;
const cases: FaultCase[] = [
  {
    name: 'a metric that is not bound',
    from: 'latency < 2s]',
    to: '«users2 < 5»]',
    also: [users2, ['violations == 0]', 'violations == 0, users2 < 5]']],
    code: 'PG105',
    says: 'users2 is used here, but lab does not say how it is read',
    hint: 'metrics.bindings.users2 with promql or counter',
  },
  {
    name: 'a metric check whose metric is not bound',
    from: 'metric: error_rate < 1%',
    to: 'metric: «users2 < 5»',
    also: [users2],
    code: 'PG105',
    says: 'users2 is used here, but lab does not say how it is read',
  },
  {
    name: 'traffic that is counted with a metric that is not bound',
    from: 'min-traffic: { metric: requests',
    to: 'min-traffic: { metric: «users2»',
    also: [users2],
    code: 'PG105',
    says: 'users2 is used here',
  },
  {
    name: 'a rollback metric that is not bound',
    from: 'metrics: [error_rate]',
    to: 'metrics: [«users2»]',
    also: [['  users: {', "  users2: { description: Users, unit: count, target: '< 5' }\n  users: {"]],
    code: 'PG105',
    says: 'users2 is used here',
  },
  {
    name: 'a red metric that must verify rollbacks and is not bound',
    from: 'metrics: [error_rate]\n  for: 5m',
    to: 'for: 5m',
    also: [['  users: {', "  «users2»: { description: Users, unit: count, priority: red, target: '< 5' }\n  users: {"]],
    code: 'PG105',
    says: 'users2 is used here',
  },
  {
    name: 'only once a metric that is not declared',
    from: 'latency < 2s]',
    to: '«latencyy < 2s»]',
    code: 'PG105',
    says: 'unknown metric "latencyy"',
  },
];

describe('rules about how metrics are read', () => {
  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(samplePlan, row);
    expectOnlyFault(freezeTexts(marked.text, sampleEnvironment).faults, marked, row);
  });

  it('ask for no red metric that nothing reads where a rollback names its own', () => {
    const { text } = changeAll(samplePlan, {
      from: '  users: {',
      to: "  users2: { description: Users, unit: count, priority: red, target: '< 5' }\n  users: {",
    });
    expect(freezeTexts(text, sampleEnvironment).faults).toEqual([]);
  });

  it('refuse a binding that the chosen provider cannot use', () => {
    const environment = sampleEnvironment
      .replace('provider: prometheus\n', "provider: endpoint\n  endpoint: { url: 'http://127.0.0.1:4000/metrics' }\n")
      .replace('promql: memory, sample: memory', 'promql: memory');
    const { faults, warnings } = freezeTexts(samplePlan, environment);
    expect(faults).toMatchObject([
      {
        code: 'PG105',
        file: 'lab.yaml',
        path: 'metrics.bindings.memory',
        message: 'memory has no sample, which endpoint needs',
        hint: 'add sample',
      },
    ]);
    expect(warnings.filter(({ message }) => message.includes('memory'))).toMatchObject([
      {
        code: 'PG110',
        path: 'phases[two].before[stable].check.stable.for',
        message: 'the metrics source has no memory: what was before this check began cannot be seen',
        hint: 'use Prometheus to look back',
      },
      {
        code: 'PG110',
        path: 'phases[two].success.criteria[0]',
        message: 'the metrics source has no memory: the baseline is what it reads just before the phase',
        hint: 'use Prometheus to take it over a time',
      },
    ]);
  });

  it('warn of a binding that the plan has no metric for, unless nobody can read its metrics', () => {
    const environment = sampleEnvironment.replace('    memory: {', '    memry: { promql: memory }\n    memory: {');
    const ofBindings = (plan: string): Array<{ message: string }> =>
      freezeTexts(plan, environment).warnings.filter(({ message }) => message.includes('memry'));
    expect(ofBindings(samplePlan)).toMatchObject([
      {
        code: 'PG105',
        file: 'lab.yaml',
        path: 'metrics.bindings.memry',
        message: 'the plan has no metric "memry"',
        hint: 'did you mean "memory"?',
      },
    ]);
    expect(ofBindings(samplePlan.replace(/\nmetrics:\n[^]*?\nphases:/, '\nmetrics: 5\nphases:'))).toEqual([]);
  });
});

describe('a counted metric', () => {
  const messages = (binding: string, plan = samplePlan): string[] =>
    freezeTexts(plan, sampleEnvironment.replace('promql: sum(violations)', binding)).warnings.map(
      ({ message }) => message
    );
  const warning = expect.stringContaining('how much violations rises, and a restart behind this query') as string;

  it('that is read as one sum is warned of: a restart hides what it counts, or makes it up', () => {
    expect(messages('promql: sum(violations)')).toContainEqual(warning);
  });

  it('is one that must not rise at all, and one that counts traffic, and no other', () => {
    const { warnings } = freezeTexts(samplePlan, sampleEnvironment);
    expect(warnings.filter(({ message }) => message.includes('rises'))).toMatchObject([
      { code: 'PG110', file: 'lab.yaml', path: 'metrics.bindings.violations.promql' },
      { code: 'PG110', file: 'lab.yaml', path: 'metrics.bindings.requests.promql' },
    ]);
  });

  it.each(['{ criterion: violations == 0, increase: false }', 'violations == 5', 'violations < 1'])(
    'is none where %s is judged by its value',
    (criterion) => {
      const plan = samplePlan.replace('30m, violations == 0]', `30m, ${criterion}]`);
      expect(plan).not.toBe(samplePlan);
      expect(messages('promql: sum(violations)', plan)).not.toContainEqual(warning);
    }
  );

  it.each<[string, string, string, boolean]>([
    ['has a warning', `target: '== 0', warning: '>= 1' }`, '', true],
    ['has a critical threshold', `target: '== 0', critical: '>= 3' }`, '', true],
    ['an incident asks about it', `target: '== 0' }`, 'violations >= 3', true],
    ['neither is so', `target: '== 0' }`, '', false],
    ['some of it may happen', `target: '< 3', warning: '>= 3' }`, '', false],
  ])('is one that the guard watches and that must not rise at all: %s', (_what, metric, when, counted) => {
    const unjudged = replaceOnce(watchedPlan, '30m, violations == 0]', '30m]');
    const given = replaceOnce(unjudged, `target: '== 0' }`, metric);
    const plan = replaceOnce(given, 'when: violations >= 3', when === '' ? 'when: latency > 9s' : `when: ${when}`);
    if (counted) expect(messages('promql: sum(violations)', plan)).toContainEqual(warning);
    else expect(messages('promql: sum(violations)', plan)).not.toContainEqual(warning);
    expect(messages('counter: violations', plan)).not.toContainEqual(warning);
  });

  it.each(['counter: violations', 'promql: violations', "promql: 'sum(increase(violations[{{elapsed}}]))'"])(
    'that is followed through restarts with %s is not',
    (binding) => expect(messages(binding)).not.toContainEqual(warning)
  );

  it('becomes a query that counts since the change by itself', () => {
    const { environment } = frozen(
      samplePlan,
      sampleEnvironment.replace('promql: sum(violations)', 'counter: violations')
    );
    expect(environment.metrics.bindings['violations']).toEqual({
      promql: riseQuery('violations'),
      sample: 'violations',
      range: { ms: 30_000, planned: '30s' },
    });
  });
});
