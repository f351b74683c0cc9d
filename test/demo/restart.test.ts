import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type PlatformProcess, startPlatformProcess } from './platform-process.js';

describe('the chat platform without load', () => {
  const started: PlatformProcess[] = [];
  afterEach(async () => {
    for (const platform of started.splice(0).toReversed()) await platform.stop();
  });
  const start = async (dir?: string) => {
    const platform = await startPlatformProcess(dir === undefined ? {} : { dir });
    started.push(platform);
    return platform;
  };

  it('exports no ratio while there is no traffic, and every counter at 0', async () => {
    const platform = await start();
    for (const ratio of [
      'golden_path_success_rate',
      'error_rate',
      'tool_success_rate',
      'websocket_event_delivery_rate',
    ]) {
      expect(await platform.metric(ratio), ratio).toBeUndefined();
    }
    for (const gauge of ['response_time_p95', 'workflow_duration', 'event_latency', 'memory_usage_per_context']) {
      expect(await platform.metric(gauge), gauge).toBeUndefined();
    }
    expect(await platform.metric('chat_isolation_violations_total')).toBe(0);
    expect(await platform.metric('chat_agent_executions_total{result="error",path="new"}')).toBe(0);
    await platform.request('POST', '/chat', { user: 'someone', message: 'search the handbook' });
    expect(await platform.metric('tool_success_rate')).toBe(1);
    await eventually(async () => expect(await platform.metric('tool_success_rate')).toBeUndefined());
  });

  it('comes back from a kill with its revisions, its audit and a backup, even with a torn audit line', async () => {
    const platform = await start();
    await platform.json('PUT', '/admin/components/websocket-executor', { revision: 'ucx-7' });
    await platform.kill('SIGKILL');
    appendFileSync(join(platform.dir, 'state/audit.ndjson'), '{"at":"2026-');
    const again = await start(platform.dir);
    const state = await again.json('GET', '/admin/components/websocket-executor');
    expect(state).toMatchObject({ revision: 'ucx-7', status: 'serving' });
    const entries = (await again.json('GET', '/admin/audit'))['entries'] as { kind: string }[];
    const kinds = entries.map(({ kind }) => kind);
    expect(kinds).toEqual(['started', 'backup', 'deploy', 'unreadable', 'started', 'backup']);
    const { backups } = await again.json('GET', '/admin/backups');
    expect(backups).toMatchObject([{ intact: true }, { intact: true }]);
  });

  it('refuses to guess what is deployed when its record is damaged', async () => {
    const platform = await start();
    await platform.kill('SIGTERM');
    writeFileSync(join(platform.dir, 'state/revisions.json'), '{}');
    await expect(start(platform.dir)).rejects.toThrow(/restore it from a backup/);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('exits with 0 on %s', async (signal) => {
    const platform = await start();
    expect(await platform.kill(signal)).toEqual({ code: 0, stderr: '' });
  });
});

describe('what the chat platform does not accept', () => {
  let platform: PlatformProcess;
  beforeAll(async () => {
    platform = await startPlatformProcess();
  });
  afterAll(() => platform.stop());

  it.each([
    ['PUT', '/admin/components/nope', { revision: 'x' }, 404],
    ['PUT', '/admin/components/tool-dispatcher', { revision: '../x' }, 400],
    ['PUT', '/admin/faults', { faults: [{ name: 'fire', component: 'tool-dispatcher' }] }, 400],
    ['PUT', '/admin/faults', { faults: [{ name: 'errors', component: 'tool-dispatcher', after: 'new-path' }] }, 400],
    ['POST', '/chat', { user: '', message: 'hi' }, 400],
    ['POST', '/chat', { user: 'someone', message: 'hi', extra: 1 }, 400],
    ['DELETE', '/chat', {}, 405],
    ['POST', '/nothing', {}, 404],
  ])('answers %s %s %j with %i and the reason', async (method, path, body, status) => {
    const answer = await platform.request(method, path, body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toHaveProperty('error');
  });
});
