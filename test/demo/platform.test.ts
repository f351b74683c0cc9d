import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ComponentName, COMPONENT_NAMES, FLAG_OF } from '../../demo/platform/components.js';
import { eventually, flagDefinition, type PlatformProcess, startPlatformProcess } from './platform-process.js';

interface Health {
  revision: string;
  status: string;
  flag: { exposure: { users: number; flagOn: number; newPath: number; share: number | null } };
  flagFile: { ok: boolean; error: string | null };
}

describe('the chat platform under load', () => {
  let platform: PlatformProcess;
  beforeAll(async () => {
    // It is asked four times while a component restarts.
    platform = await startPlatformProcess({ loadUsers: 40, restartMs: 3_000 });
  });
  afterAll(() => platform.stop());

  const health = async (component: ComponentName) =>
    (await platform.json('GET', `/components/${component}/healthz`)) as unknown as Health;
  const audit = async () => (await platform.json('GET', '/admin/audit'))['entries'] as Record<string, unknown>[];

  it('restarts a component on deployment: unhealthy for a moment, no request fails, and again is no change', async () => {
    const deployed = await platform.json('PUT', '/admin/components/tool-dispatcher', { revision: 'ucx-1' });
    expect(deployed).toMatchObject({ revision: 'ucx-1', status: 'restarting', changed: true });
    expect((await platform.request('GET', '/components/tool-dispatcher/healthz')).status).toBe(503);
    expect((await platform.request('GET', '/healthz')).status).toBe(503);
    const during = await platform.request('POST', '/chat', { user: 'someone', message: 'search' });
    expect(during.status).toBe(200);
    expect((await platform.request('GET', '/components/tool-dispatcher/healthz')).status).toBe(200);
    expect((await health('tool-dispatcher')).revision).toBe('ucx-1');
    const again = await platform.json('PUT', '/admin/components/tool-dispatcher', { revision: 'ucx-1' });
    expect(again).toMatchObject({ revision: 'ucx-1', status: 'serving', changed: false });
    expect(await platform.metric('chat_http_requests_total{code="500"}')).toBe(0);
    const deploys = (await audit()).filter(({ kind }) => kind === 'deploy');
    expect(deploys.map(({ result }) => result)).toEqual(['restarting', 'unchanged']);
  });

  it.each([
    { percent: 5, low: 0.01, high: 0.12 },
    { percent: 50, low: 0.4, high: 0.65 },
    { percent: 100, low: 1, high: 1 },
  ])('shows the flag at $percent % to about that share of the users', async ({ percent, low, high }) => {
    platform.setFlag('tool-dispatcher', percent);
    await eventually(async () => {
      const { exposure } = (await health('tool-dispatcher')).flag;
      expect(exposure.users).toBeGreaterThanOrEqual(40);
      expect(exposure.share).toBeGreaterThanOrEqual(low);
      expect(exposure.share).toBeLessThanOrEqual(high);
      expect(exposure.newPath).toBe(exposure.flagOn);
    });
    const seen = (await audit()).findLast(({ kind }) => kind === 'flag');
    expect(seen).toMatchObject({ key: FLAG_OF['tool-dispatcher'], definition: flagDefinition(percent) });
    expect(Math.abs((seen?.['share'] as number) - percent / 100)).toBeLessThan(0.05);
  });

  it('keeps legacy code on the legacy path, whatever its flag says', async () => {
    platform.setFlag('workflow-orchestrator', 100);
    await eventually(async () => expect((await health('workflow-orchestrator')).flag.exposure.share).toBe(1));
    expect((await health('workflow-orchestrator')).flag.exposure.newPath).toBe(0);
  });

  it('keeps the last good flags when the file breaks, says so, and recovers with the file', async () => {
    for (const broken of ['{"flags":', '{"flags":[]}', '{"flags":{"X":{"state":"ODD"}}}']) {
      platform.writeFlags(broken);
      await eventually(async () => expect((await health('tool-dispatcher')).flagFile.ok).toBe(false));
      expect((await health('tool-dispatcher')).flagFile.error).toContain('last good flags');
      const info = await platform.json('GET', '/users/load-07');
      expect((info['flags'] as Record<string, boolean>)['tool-dispatcher']).toBe(true);
      platform.setFlag('tool-dispatcher', 100);
      await eventually(async () => expect((await health('tool-dispatcher')).flagFile.ok).toBe(true));
    }
  });

  it.each(['legacy', 'new'])('is healthy on the %s path', async (path) => {
    for (const component of COMPONENT_NAMES) {
      const revision = path === 'new' ? 'ucx-1' : 'legacy-1';
      platform.setFlag(component, path === 'new' ? 100 : null);
      await platform.json('PUT', `/admin/components/${component}`, { revision });
    }
    const counted = (name: string) => platform.metric(`${name}{result="ok",path="${path}"}`);
    const before = (await counted('chat_workflows_total')) ?? 0;
    // Some 5 seconds of load, so that the sliding windows hold this path and nothing of the restarts.
    await eventually(async () => expect(await counted('chat_workflows_total')).toBeGreaterThan(before + 360));
    const { body } = await platform.request('GET', '/metrics');
    const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
    for (const ratio of ['golden_path_success_rate', 'chat_response_quality', 'agent_execution_success_rate']) {
      expect(value(ratio), ratio).toBeGreaterThan(0.99);
    }
    for (const ratio of ['websocket_event_delivery_rate', 'connection_success_rate']) {
      expect(value(ratio), ratio).toBeGreaterThan(0.99);
    }
    for (const ratio of ['workflow_success_rate', 'tool_success_rate'])
      expect(value(ratio), ratio).toBeGreaterThan(0.99);
    for (const ratio of ['error_rate', 'context_validation_failures']) expect(value(ratio), ratio).toBe(0);
    // Times have no upper bound here: beside other tests they say how busy the machine is.
    for (const seconds of ['response_time_p95', 'workflow_duration'])
      expect(value(seconds), seconds).toBeGreaterThan(0.05);
    for (const timed of ['event_latency', 'event_delivery_within_1s']) expect(value(timed), timed).toBeGreaterThan(0);
    expect(value('memory_usage_per_context')).toBeGreaterThan(500);
    expect(value('memory_usage_per_context')).toBeLessThan(10_000_000);
    // What is held for as long as an answer takes has no bound below its own, for the same reason.
    expect(value('database_connection_pool_usage')).toBeLessThanOrEqual(1);
    expect(value('concurrent_user_contexts')).toBeGreaterThan(0);
    expect(value('chat_requests')).toBeGreaterThan(360);
    const counters = [
      'user_isolation_violations',
      'agent_coordination_failures',
      'tool_failures',
      'permission_failures',
    ];
    for (const counter of [...counters, 'state_corruptions']) expect(value(counter), counter).toBe(0);
  });

  it('leaves cleanly when it is asked to', async () => {
    expect(await platform.kill('SIGTERM')).toEqual({ code: 0, stderr: '' });
    expect(existsSync(platform.dir)).toBe(true);
  });
});
