import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { changeAll, samplePlan } from '../support/samples.js';

const cases: FaultCase[] = [
  {
    name: 'a threshold in a wrong unit',
    from: "target: '< 2s'",
    to: "target: «'< 5%'»",
    code: 'PG104',
    says: '"5%" is a ratio, but the metric is in seconds',
    hint: '2s or 100ms',
  },
  {
    name: 'a threshold without a unit',
    from: "warning: '> 2%'",
    to: "warning: «'> 2'»",
    code: 'PG104',
    says: '"2" is a count, but the metric is a ratio',
    hint: '95% or 0.1%',
  },
  {
    name: 'a unit in the wrong case',
    from: "target: '< 2s'",
    to: "target: «'< 2S'»",
    code: 'PG104',
    says: '"S" is not a unit',
    hint: 'did you mean "s"?',
  },
  {
    name: 'a target that no value can have',
    from: "target: '< 2s'",
    to: "target: «'< 0'»",
    code: 'PG115',
    says: 'no value of a seconds metric can be < 0',
  },
  {
    name: 'a critical threshold inside the target',
    from: "critical: '> 5%'",
    to: "critical: «'< 5%'»",
    code: 'PG115',
    says: 'inside the target < 1% and in critical < 5% at once',
    hint: 'turn the operator around',
  },
  {
    name: 'a critical threshold before the warning',
    from: "critical: '> 5%'",
    to: "critical: «'> 1.5%'»",
    code: 'PG115',
    says: 'critical > 1.5% is not beyond warning > 2%',
    hint: 'exchange the two',
  },
  {
    name: 'a criterion in a wrong unit',
    from: 'latency < 2s]',
    to: '«latency < 200»]',
    code: 'PG104',
    says: '"200" is a count, but the metric is in seconds',
  },
  {
    name: 'a criterion that no value can meet',
    from: '[error_rate < 1%, latency',
    to: '[«error_rate < 0%», latency',
    code: 'PG115',
    says: 'no value of a ratio metric meets this',
  },
  {
    name: 'a criterion that every value meets',
    from: '[error_rate < 1%, latency',
    to: '[«error_rate >= 0%», latency',
    code: 'PG115',
    says: 'every value of a ratio metric meets this',
  },
  {
    name: 'a criterion whose every value is critical',
    from: '[error_rate < 1%, latency',
    to: '[«error_rate > 10%», latency',
    code: 'PG115',
    says: 'every value that meets this is critical (> 5%)',
    hint: 'the thresholds of the metric',
  },
  {
    name: 'two criteria that exclude each other',
    from: '[error_rate < 1%, latency',
    to: '[error_rate < 1%, «error_rate > 2%», latency',
    code: 'PG115',
    says: 'no value of error_rate meets this and the criterion above',
  },
  {
    name: 'a criterion on a metric that never gates',
    from: '[error_rate < 1%, latency',
    to: '[«users < 1000», latency',
    code: 'PG110',
    says: 'users is for monitoring only and never gates',
  },
  {
    name: 'a metric check that holds for a time',
    from: 'metric: error_rate < 1%',
    to: 'metric: «error_rate < 1% for 5m»',
    code: 'PG104',
    says: 'one reading',
    hint: 'watch',
  },
  {
    name: 'a metric check against the baseline before there is one',
    from: 'metric: error_rate < 1%',
    to: 'metric: «latency within 20% of baseline»',
    code: 'PG115',
    says: 'here is no baseline',
    hint: 'absolute bound',
  },
  {
    name: 'a metric check against the baseline after a rollback',
    from: "http: { url: '{{env.services.core}}/healthz' }",
    to: 'metric: «latency no more than 5% above baseline»',
    code: 'PG115',
    says: 'here is no baseline',
  },
  {
    name: 'an increase that is compared with the baseline',
    from: 'criteria: [latency within 20% of baseline,',
    to: 'criteria: [{ criterion: «latency within 20% of baseline», increase: true },',
    code: 'PG104',
    says: 'never an increase',
    hint: 'leave increase out',
  },
  {
    name: 'traffic that is not counted',
    from: 'min-traffic: { metric: requests',
    to: 'min-traffic: { metric: «memory»',
    code: 'PG104',
    says: 'traffic is counted, but memory is in bytes',
    hint: 'unit: count',
  },
];

describe('rules about thresholds and criteria', () => {
  it.each([
    [
      'a metric check among the steps that compares with the baseline',
      "command: [./ops/smoke, '{{vars.revision}}']",
      'metric: latency within 20% of baseline',
    ],
    [
      'two criteria on one metric that leave something between them',
      '[error_rate < 1%, latency < 2s]',
      '[error_rate < 1%, error_rate > 0.1%, latency < 2s]',
    ],
    [
      'a comparison with the baseline beside a bound',
      '[latency within 20% of baseline, memory < 10MB]',
      '[latency < 2s, latency within 20% of baseline, memory < 10MB]',
    ],
  ])('take %s', (_, from, to) => {
    expect(loadPlan(changeAll(samplePlan, { from, to }).text, 'plan.yaml').faults).toEqual([]);
  });

  it('tell of each threshold of a metric that cannot be', () => {
    const { text } = changeAll(samplePlan, {
      from: "warning: '> 2%', critical: '> 5%'",
      to: "warning: '> 2s', critical: '> 5s'",
    });
    expect(loadPlan(text, 'plan.yaml').faults.map(({ path }) => path)).toEqual([
      'metrics.error_rate.warning',
      'metrics.error_rate.critical',
    ]);
  });

  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(samplePlan, row);
    expectOnlyFault(loadPlan(marked.text, 'plan.yaml').faults, marked, row);
  });

  it('say nothing twice about a metric that has a fault of its own', () => {
    const text = samplePlan.replace("target: '< 2s'", 'target: 2');
    expect(loadPlan(text, 'plan.yaml').faults).toHaveLength(1);
  });
});
