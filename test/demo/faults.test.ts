import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComponentName } from '../../demo/platform/components.js';
import type { FaultName } from '../../demo/platform/faults.js';
import { eventually, type PlatformProcess, startPlatformProcess } from './platform-process.js';

const USERS = 12;
/** Several platforms share two processors. */
const patientMs = 45_000;

interface Case {
  fault: FaultName;
  component: ComponentName;
  /** What the fault does to the sample, and what it is again once the flag is off. */
  sample: string;
  bad: (value: number | undefined) => boolean;
  cured: (value: number | undefined) => boolean;
}

const below = (limit: number) => (value: number | undefined) => value !== undefined && value < limit;
const above = (limit: number) => (value: number | undefined) => value !== undefined && value > limit;

const CASES: Case[] = [
  // The slowest first: a few of these run at a time.
  {
    fault: 'slow-responses',
    component: 'workflow-orchestrator',
    sample: 'response_time_p95',
    bad: above(3),
    // The fault adds more than 3 s.
    cured: below(2.5),
  },
  {
    fault: 'lost-events',
    component: 'websocket-executor',
    sample: 'websocket_event_delivery_rate',
    bad: below(0.9),
    cured: above(0.99),
  },
  {
    fault: 'errors',
    component: 'agent-execution-core',
    sample: 'agent_execution_success_rate',
    bad: below(0.8),
    cured: above(0.99),
  },
  {
    fault: 'errors',
    component: 'workflow-orchestrator',
    sample: 'workflow_success_rate',
    bad: below(0.8),
    cured: above(0.99),
  },
  { fault: 'errors', component: 'tool-dispatcher', sample: 'tool_success_rate', bad: below(0.8), cured: above(0.99) },
];

describe.concurrent('a fault on the new path moves its metric, and the flag cures it', { timeout: 150_000 }, () => {
  it.each(CASES)('$fault in $component: $sample', async ({ fault, component, sample, bad, cured }) => {
    const platform = await startPlatformProcess({ loadUsers: USERS });
    try {
      // New code takes the new path when its flag is not there at all.
      platform.setFlag(component, null);
      await platform.setFaults({ name: fault, component });
      await platform.json('PUT', `/admin/components/${component}`, { revision: 'ucx-1' });
      await eventually(async () => expect(cured(await platform.metric(sample)), 'before the flag').toBe(true));
      platform.setFlag(component, 100);
      await eventually(async () => expect(bad(await platform.metric(sample)), 'with the flag').toBe(true), patientMs);
      platform.setFlag(component, null);
      await eventually(
        async () => expect(cured(await platform.metric(sample)), 'after the flag').toBe(true),
        patientMs
      );
    } finally {
      await platform.stop();
    }
  });

  it.each(['agent-execution-core', 'workflow-orchestrator', 'tool-dispatcher', 'websocket-executor'] as const)(
    'isolation-violation in %s: other people see the data, until the flag is off',
    async (component) => {
      const platform = await startPlatformProcess({ loadUsers: USERS });
      const violations = async () => (await platform.metric('user_isolation_violations')) ?? Number.NaN;
      const requests = async () => (await platform.metric('chat_requests')) ?? Number.NaN;
      try {
        await platform.setFaults({ name: 'isolation-violation', component });
        await platform.json('PUT', `/admin/components/${component}`, { revision: 'ucx-1' });
        expect(await violations()).toBe(0);
        platform.setFlag(component, 100);
        await eventually(async () => expect(await violations()).toBeGreaterThan(3));
        expect(await platform.metric('chat_isolation_violations_total')).toBeGreaterThan(3);
        platform.setFlag(component, null);
        // What was under way by then may end as it began; of what came later a third would be leaked.
        await eventually(async () => {
          const [seen, then] = [await violations(), await requests()];
          await eventually(async () => expect(await requests()).toBeGreaterThan(then + 60), patientMs);
          expect(await violations()).toBe(seen);
        }, patientMs);
      } finally {
        await platform.stop();
      }
    }
  );
});

describe('faults that need no traffic', () => {
  let platform: PlatformProcess;
  beforeAll(async () => {
    platform = await startPlatformProcess();
  });
  afterAll(() => platform.stop());

  it('failed-deploy: the component stays on the old revision, unhealthy, until that one is deployed again', async () => {
    await platform.setFaults({ name: 'failed-deploy', component: 'agent-execution-core' });
    const path = '/admin/components/agent-execution-core';
    expect((await platform.request('PUT', path, { revision: 'ucx-1' })).status).toBe(500);
    expect(await platform.json('GET', path)).toMatchObject({ revision: 'legacy-1', status: 'broken' });
    expect((await platform.request('GET', '/components/agent-execution-core/healthz')).status).toBe(503);
    expect((await platform.request('POST', '/chat', { user: 'someone', message: 'search' })).status).toBe(200);
    expect((await platform.request('PUT', path, { revision: 'legacy-1' })).status).toBe(200);
    await eventually(async () =>
      expect((await platform.request('GET', '/components/agent-execution-core/healthz')).status).toBe(200)
    );
  });

  it('metrics-down: no metrics until the fault is cleared', async () => {
    await platform.setFaults({ name: 'metrics-down', component: 'tool-dispatcher' });
    expect((await platform.request('GET', '/metrics')).status).toBe(503);
    await platform.setFaults();
    expect((await platform.request('GET', '/metrics')).status).toBe(200);
  });

  it('metrics-down after new-path: strikes with the first request on the new path, and outlasts the flag', async () => {
    await platform.setFaults({ name: 'metrics-down', component: 'tool-dispatcher', after: 'new-path' });
    expect((await platform.request('GET', '/metrics')).status).toBe(200);
    await platform.json('PUT', '/admin/components/tool-dispatcher', { revision: 'ucx-1' });
    platform.setFlag('tool-dispatcher', 100);
    await eventually(async () => {
      await platform.request('POST', '/chat', { user: 'someone', message: 'search' });
      expect((await platform.request('GET', '/metrics')).status).toBe(503);
    });
    platform.setFlag('tool-dispatcher', null);
    expect((await platform.request('GET', '/metrics')).status).toBe(503);
    const { entries } = await platform.json('GET', '/admin/audit');
    expect((entries as { kind: string }[]).filter(({ kind }) => kind === 'fault-tripped')).toHaveLength(1);
    await platform.setFaults();
    expect((await platform.request('GET', '/metrics')).status).toBe(200);
  });
});
