import { describe, expect, it } from 'vitest';
import { kpisSince, type Since } from '../../src/plan/kpis.js';
import type { Kpi } from '../../src/plan/model.js';
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
const results: KpiResult[] = [
  { ...base, id: 'migrated', target: '== 100%', state: 'met', value: '2 of 2 phases' },
  { ...base, id: 'rollbacks', target: '== 0', state: 'met', value: '0 rollbacks' },
  {
    ...base,
    id: 'revenue',
    target: 'no loss',
    state: 'owed',
    by: 'lead',
    reason: 'due at the end of week 3 of the run',
  },
];
const address = 'cleanup/revenue#1';
const step: StepRecord = { address, id: 'revenue', part: 'steps', kind: 'kpi', title: 'Revenue', state: 'waiting' };
const gate = { address, deadlineAt: 4711 } as Gate;

function since(change: Partial<Since>): string[] {
  return kpisSince(results, kpis, { rollbacks: 0, takenBack: false, ...change }).map(
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

  it('say when an answer is due', () => {
    expect(since({ cleanup: { state: 'waiting', steps: [step], gates: [gate] } })[2]).toContain('| 4711');
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
