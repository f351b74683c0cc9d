import { beforeAll, describe, expect, it } from 'vitest';
import { criterionOf, kpiBoundOf, metricTopics } from '../../src/plan/dashboards.js';
import type { Plan } from '../../src/plan/model.js';
import { shippedPlan } from '../support/dashboard/scene.js';
import { phase, plan } from '../support/stage/plans.js';

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
