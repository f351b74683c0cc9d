import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Kpi } from '../../src/plan/model.js';
import type { KpiResult, RunStatus } from '../../src/plan/run-status.js';
import { measuredKpi, phase, plan, step } from '../support/stage/plans.js';
import { failureOf, openStage, type Run, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

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
    id: 'no-rollbacks',
    target: '== 0',
    kind: 'run',
    of: 'rollbacks',
    unit: 'count',
    bound: { op: '==', value: 0, text: '== 0' },
  },
  measuredKpi,
  {
    ...base,
    id: 'no-slower',
    target: '< 5%',
    kind: 'metric',
    metric: 'success',
    take: 'change',
    unit: 'ratio',
    bound: { op: '<', value: 0.05, text: '< 5%' },
  },
  {
    ...base,
    id: 'revenue',
    group: 'business',
    target: 'no loss',
    kind: 'asked',
    by: 'lead',
    due: { unit: 'week', at: 2 },
  },
];

function start(): Promise<Run> {
  return stage.start(plan([phase('1a', { baselineNoted: ['success'] }), phase('1b', { after: ['1a'] })], { kpis }));
}

const stateOf = (found: KpiResult[] = []): string[] =>
  found.map(({ id, state, value }) => `${id} ${state} ${value ?? ''}`.trim());

describe('the KPIs of a run', () => {
  it('are computed when it completes, and what people must say is owed', async () => {
    stage.world.measured['success'] = { mean: 1.02 };
    const { kpis: found } = await (await start()).result();
    expect(stateOf(found)).toEqual([
      'migrated met 2 of 2 phases',
      'no-rollbacks met 0 rollbacks',
      'healthy met 102%',
      'no-slower met 2%',
      'revenue owed',
    ]);
    expect(found?.at(-1)).toMatchObject({ by: 'lead', reason: 'due at the end of week 2 of the run' });
  });

  it('are computed of a run that was rolled back, too', async () => {
    stage.world.onVerify = (entry) => (entry.phase === '1b' ? 'FAIL' : 'PASS');
    const [status] = (await failureOf((await start()).result())).details ?? [];
    expect(stateOf((status as RunStatus).kpis).slice(0, 2)).toEqual([
      'migrated not met 1 of 2 phases',
      'no-rollbacks not met 1 rollback',
    ]);
  });

  it('are unknown, and end nothing otherwise, when nothing can be measured', async () => {
    stage.world.measuring = () => Promise.reject(ApplicationFailure.nonRetryable('the source is away'));
    const { outcome, kpis: found } = await (await start()).result();
    expect(outcome?.kind).toBe('completed');
    expect(found?.find(({ id }) => id === 'healthy')).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('the source is away') as string,
    });
  });

  it('hold up no phase when nobody knows what was before', async () => {
    stage.world.missingBaseline = ['success'];
    const { outcome, kpis: found } = await (await start()).result();
    expect(outcome?.kind).toBe('completed');
    expect(found?.find(({ id }) => id === 'no-slower')).toMatchObject({ state: 'unknown' });
  });

  it('are none where nothing was changed', async () => {
    stage.world.onCheck = () => 'FAIL';
    const run = await stage.start(plan([phase('1a', { before: [step.check('health')] })], { kpis }));
    const [status] = (await failureOf(run.result())).details ?? [];
    expect((status as RunStatus).kpis).toBeUndefined();
  });
});
