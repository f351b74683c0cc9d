import type { Context } from '@temporalio/activity';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { activityMetrics } from '../../src/worker/activity-metrics.js';

const context = { info: { activityType: 'runCheck' } } as unknown as Context;
const input = { args: [], headers: {} };

describe('the metrics of activities', () => {
  it.each([
    ['its verdict', { verdict: 'HOLD' }, 'HOLD'],
    ['done without one', { digest: 'x' }, 'done'],
    ['done without a result', undefined, 'done'],
  ])('count a result by %s', async (_, result, outcome) => {
    const registry = new Registry();
    await activityMetrics(registry)(context).inbound?.execute?.(input, () => Promise.resolve(result));
    expect(await registry.metrics()).toContain(`phasegate_activities_total{type="runCheck",outcome="${outcome}"} 1`);
  });

  it('count an error and pass it on', async () => {
    const registry = new Registry();
    const run = activityMetrics(registry)(context).inbound?.execute?.(input, () => Promise.reject(new Error('no')));
    await expect(run).rejects.toThrow('no');
    const text = await registry.metrics();
    expect(text).toContain('phasegate_activities_total{type="runCheck",outcome="error"} 1');
    expect(text).toContain('phasegate_activities_running{type="runCheck"} 0');
  });
});
