import { describe, expect, it } from 'vitest';
import { kpiMetrics, kpiResults, kpisSince, type KpiFacts, type Since } from '../../src/plan/kpis.js';
import type { Bound, Kpi, MetricKpi, Unit } from '../../src/plan/model.js';
import type { Gate, KpiResult, StepRecord } from '../../src/plan/run-status.js';

const base = { group: 'technical' as const, title: 'A KPI' };
const kpis: Kpi[] = [
  {
    ...base,
    id: 'migrated',
    target: '== 100%',
    kind: 'run',
    of: 'migrated',
    unit: 'ratio',
    bound: { op: '==', value: 1, text: '== 100%' },
  },
  {
    ...base,
    id: 'rollbacks',
    target: '== 0',
    kind: 'run',
    of: 'rollbacks',
    unit: 'count',
    bound: { op: '==', value: 0, text: '== 0' },
  },
  { ...base, id: 'revenue', target: 'no loss', kind: 'asked', by: 'lead', due: { unit: 'week', at: 3 } },
];
const owed: KpiResult = {
  ...base,
  id: 'revenue',
  target: 'no loss',
  state: 'owed',
  by: 'lead',
  reason: 'due at the end of week 3 of the run',
};
const results: KpiResult[] = [
  { ...base, id: 'migrated', target: '== 100%', state: 'met', value: '2 of 2 phases' },
  { ...base, id: 'rollbacks', target: '== 0', state: 'met', value: '0 rollbacks' },
  owed,
];
const address = 'cleanup/revenue#1';
const step: StepRecord = { address, id: 'revenue', part: 'steps', kind: 'kpi', title: 'Revenue', state: 'waiting' };
const gate = { address, deadlineAt: 4711 } as Gate;

function since(change: Partial<Since>): string[] {
  return kpisSince(results, kpis, { rollbacksUntil: 0, rollbacks: 0, takenBack: false, ...change }).map(
    ({ id, state, value, reason, by, dueAt }) => [id, state, value ?? reason, by, dueAt].filter(Boolean).join(' | ')
  );
}

describe('the KPIs of a run that has ended', () => {
  it('stay as they were while nothing happens', () => {
    expect(since({})).toEqual([
      'migrated | met | 2 of 2 phases',
      'rollbacks | met | 0 rollbacks',
      'revenue | owed | due at the end of week 3 of the run | lead',
    ]);
  });

  it('are not met any more when all of it was taken back', () => {
    expect(since({ rollbacks: 1, takenBack: true }).slice(0, 2)).toEqual([
      'migrated | not met | all of it was taken back',
      'rollbacks | not met | 1 rollback since it ended',
    ]);
  });

  it('are as they were for what a rollback did not take back', () => {
    expect(since({ rollbacks: 2 }).slice(0, 2)).toEqual([
      'migrated | met | 2 of 2 phases',
      'rollbacks | not met | 2 rollbacks since it ended',
    ]);
  });

  it.each<[number, number, number, KpiResult['state'], string, string]>([
    [1, 1, 2, 'met', 'met', '2 rollbacks, 1 of them since it ended'],
    [1, 1, 1, 'met', 'not met', '2 rollbacks, 1 of them since it ended'],
    [0, 1, 1, 'met', 'met', '1 rollback since it ended'],
    [0, 1, 1, 'not met', 'not met', '1 rollback since it ended'],
  ])(
    'count all rollbacks: %i until the end and %i since, of %i allowed, %s before: %s',
    (until, after, most, was, state, value) => {
      const allowed: Kpi = {
        ...base,
        id: 'r',
        target: '',
        kind: 'run',
        of: 'rollbacks',
        unit: 'count',
        bound: { op: '<=', value: most, text: '' },
      };
      const before: KpiResult = { ...base, id: 'r', target: '', state: was, value: 'as it was' };
      const [found] = kpisSince([before], [allowed], { rollbacksUntil: until, rollbacks: after, takenBack: true });
      expect(found).toEqual({ ...before, state, value });
    }
  );

  it('stay as they were where the plan has no such KPI any more', () => {
    expect(kpisSince(results, [], { rollbacksUntil: 0, rollbacks: 1, takenBack: true })).toEqual(results);
  });

  it('say when an answer is due', () => {
    const another = { address: 'cleanup/docs#1', deadlineAt: 1 } as Gate;
    const cleanup = { state: 'waiting' as const, steps: [step], gates: [another, gate] };
    expect(since({ cleanup })[2]).toContain('| 4711');
  });

  it.each([
    ['its gate is not open', [step], [] as Gate[]],
    ['its task has not begun', [], [gate]],
  ])('say nothing of it while %s', (_, steps, gates) => {
    const cleanup = { state: 'waiting' as const, steps, gates };
    expect(kpisSince(results, kpis, { rollbacksUntil: 0, rollbacks: 0, takenBack: false, cleanup })).toEqual(results);
  });

  it('are the latest answer to the task of their name, with all that belongs to it', () => {
    const answer = { by: 'erin', answer: 'done', at: 1 };
    const evidence = [{ digest: 'sha256:1', bytes: 1 }];
    const steps: StepRecord[] = [
      { ...step, answer: { ...answer, answer: 'failed' } },
      { ...step, answer: { ...answer, at: 5, evidence: 'a link', reason: 'no loss' }, evidence },
      { ...step, kind: 'task', answer: { ...answer, answer: 'failed' } },
      { ...step, id: 'churn', answer: { ...answer, answer: 'failed' } },
    ];
    const cleanup = { state: 'completed' as const, steps, gates: [] };
    const { reason: _, ...owing } = results[2] as KpiResult;
    expect(kpisSince(results, kpis, { rollbacksUntil: 0, rollbacks: 0, takenBack: false, cleanup })).toEqual([
      ...results.slice(0, 2),
      { ...owing, state: 'met', by: 'erin', knownAt: 5, value: 'a link · no loss', evidence },
    ]);
  });

  it('have no words of an answer that had none', () => {
    const answered = { ...step, answer: { by: 'erin', answer: 'done', at: 5 } };
    const cleanup = { state: 'completed' as const, steps: [answered], gates: [] };
    const { reason: _, ...owing } = results[2] as KpiResult;
    const [found] = kpisSince(results.slice(2), kpis, { rollbacksUntil: 0, rollbacks: 0, takenBack: false, cleanup });
    expect(found).toEqual({ ...owing, state: 'met', by: 'erin', knownAt: 5 });
  });

  it.each([
    ['done', 'met'],
    ['failed', 'not met'],
  ])('are what people said: %s is %s', (said, state) => {
    const answered = { ...step, answer: { by: 'erin', answer: said, evidence: 'seen', at: 1 } };
    expect(since({ cleanup: { state: 'completed', steps: [answered], gates: [] } })[2]).toBe(
      `revenue | ${state} | seen | erin`
    );
  });

  it('are unknown when the clean-up was cancelled before somebody said it', () => {
    const found = since({ cleanup: { state: 'failed', steps: [step], gates: [] } })[2];
    expect(found).toBe('revenue | unknown | its clean-up was cancelled | lead');
  });
});

describe('the KPIs of a run that ends', () => {
  const evidence = { digest: 'sha256:1', bytes: 1 };
  const values = {
    latency: { mean: 1.5, min: 0.25, max: 4, increase: 7 },
    balance: { mean: -1, min: -2, max: 0, increase: 0 },
    fresh: { mean: 3, min: 3, max: 3, increase: 3 },
  };
  const facts: KpiFacts = {
    phases: { all: 3, kept: 3 },
    rollbacks: 0,
    period: { values, missing: { gone: 'HTTP 503' }, evidence },
    baseline: { latency: 1, balance: -2, fresh: 0 },
    at: 11,
  };
  const metricKpi = (metric: string, take: MetricKpi['take'], bound: Bound, unit: Unit = 'seconds'): MetricKpi => ({
    ...base,
    id: metric,
    target: bound.text,
    kind: 'metric',
    metric,
    take,
    unit,
    bound,
  });
  const below = (value: number): Bound => ({ op: '<', value, text: `< ${value}` });
  const resultOf = (kpi: Kpi, change: Partial<KpiFacts> = {}): KpiResult | undefined =>
    kpiResults([kpi], { ...facts, ...change })[0];

  it('each have their result, in the order of the plan', () => {
    const [migrated, rollbacks, revenue] = kpis as [Kpi, Kpi, Kpi];
    expect(kpiResults([revenue, rollbacks, migrated], facts)).toEqual([
      owed,
      { ...base, id: 'rollbacks', target: '== 0', state: 'met', value: '0 rollbacks', knownAt: 11 },
      { ...base, id: 'migrated', target: '== 100%', state: 'met', value: '3 of 3 phases', knownAt: 11 },
    ]);
  });

  it.each<[string, number, Partial<KpiFacts>, string, string]>([
    ['rollbacks', 1, { rollbacks: 1 }, 'not met', '1 rollback'],
    ['rollbacks', 1, { rollbacks: 2 }, 'not met', '2 rollbacks'],
    ['migrated', 0, { phases: { all: 3, kept: 2 } }, 'not met', '2 of 3 phases'],
    ['migrated', 0, { phases: { all: 1, kept: 1 } }, 'met', '1 of 1 phase'],
  ])('count what the run did: %s, %#', (_, at, change, state, value) => {
    expect(resultOf(kpis[at] as Kpi, change)).toMatchObject({ state, value });
  });

  it.each<[MetricKpi['take'], Bound, 'met' | 'not met', string, Unit?]>([
    ['mean', below(2), 'met', '1.5s'],
    ['mean', below(1.5), 'not met', '1.5s'],
    ['min', below(0.3), 'met', '250ms'],
    ['max', below(3), 'not met', '4s'],
    ['increase', below(8), 'met', '7', 'count'],
    ['change', below(0.6), 'met', '50%', 'ratio'],
    ['change', below(0.4), 'not met', '50%', 'ratio'],
  ])('take the %s of a metric, %j: %s', (take, bound, state, value, unit) => {
    expect(resultOf(metricKpi('latency', take, bound, unit))).toEqual({
      ...base,
      id: 'latency',
      target: bound.text,
      state,
      value,
      knownAt: 11,
      evidence: [evidence],
    });
  });

  it('take a rise for a rise where the metric was below 0', () => {
    expect(resultOf(metricKpi('balance', 'change', below(0.4), 'ratio'))).toMatchObject({
      state: 'not met',
      value: '50%',
    });
  });

  const { period: _, ...unchanged } = facts;
  it.each<[string, string, KpiFacts, string, boolean]>([
    ['nothing was changed', 'latency', unchanged, 'nothing was changed, so there is nothing to measure', false],
    ['nobody could measure', 'latency', { ...facts, period: { reason: 'no worker' } }, 'no worker', false],
    ['the source says why', 'gone', facts, 'HTTP 503', true],
    ['the source says nothing', 'other', facts, 'no data', true],
    [
      'nobody knows the time before',
      'latency',
      { ...facts, baseline: {} },
      'nobody knows what it was before the first change',
      true,
    ],
    ['there is no share of what was 0', 'fresh', facts, 'nobody knows what it was before the first change', true],
  ])('are unknown, and never met, when %s', (_, metric, of, reason, isMeasured) => {
    expect(kpiResults([metricKpi(metric, 'change', below(1000), 'ratio')], of)).toEqual([
      {
        ...base,
        id: metric,
        target: '< 1000',
        state: 'unknown',
        reason,
        knownAt: 11,
        ...(isMeasured ? { evidence: [evidence] } : {}),
      },
    ]);
  });

  it('need no baseline where the metric alone is measured', () => {
    expect(resultOf(metricKpi('latency', 'mean', below(2)), { baseline: {} })).toMatchObject({ state: 'met' });
  });

  it('measure each metric that they name once, and nothing else', () => {
    const some = [metricKpi('latency', 'mean', below(1)), ...kpis, metricKpi('balance', 'min', below(1))];
    expect(kpiMetrics([...some, metricKpi('latency', 'max', below(1))])).toEqual(['latency', 'balance']);
  });
});
