import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CheckFailed } from '../../demo/ops/outcome.js';
import { SUITES } from '../../demo/ops/suites/catalogue.js';
import { type ComponentName, COMPONENT_NAMES } from '../../demo/platform/components.js';
import { TEST_USER } from '../../demo/platform/directory.js';
import type { Fault } from '../../demo/platform/faults.js';
import { eventually, type PlatformProcess, runCommand, startPlatformProcess } from './platform-process.js';

/** Each suite, and the component whose new path it is there to test. */
const TESTED: Record<string, ComponentName> = {
  isolation: 'agent-execution-core',
  'critical-path': 'agent-execution-core',
  'multi-agent': 'workflow-orchestrator',
  'state-transitions': 'workflow-orchestrator',
  'workflow-orchestrator': 'workflow-orchestrator',
  tools: 'tool-dispatcher',
  'tool-permissions': 'tool-dispatcher',
  'tool-integration': 'tool-dispatcher',
  'ws-connect': 'websocket-executor',
  'ws-delivery': 'websocket-executor',
  'ws-bidirectional': 'websocket-executor',
  'ws-integration': 'websocket-executor',
  realtime: 'websocket-executor',
};

describe('the operations commands', () => {
  let platform: PlatformProcess;
  beforeAll(async () => {
    platform = await startPlatformProcess();
  });
  afterAll(() => platform.stop());
  afterEach(async () => {
    vi.unstubAllEnvs();
    await platform.setFaults();
  });

  const allOnNewPath = async () => {
    for (const component of COMPONENT_NAMES) {
      expect((await platform.command('deploy', component, 'ucx-1')).code).toBe(0);
      platform.setFlag(component, 0, [TEST_USER]);
    }
    await eventually(async () => {
      const { flags } = await platform.json('GET', `/users/${TEST_USER}`);
      expect(Object.values(flags as Record<string, boolean>)).toEqual([true, true, true, true]);
    });
  };

  it('deploy waits until the component serves, deployed prints the revision alone', async () => {
    const result = await platform.command('deploy', 'tool-dispatcher', 'ucx-1');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('legacy-1 -> ucx-1');
    expect((await platform.request('GET', '/components/tool-dispatcher/healthz')).status).toBe(200);
    expect(await platform.command('deployed', 'tool-dispatcher')).toEqual({ code: 0, stdout: 'ucx-1\n', stderr: '' });
  });

  it('deploy fails with the reason when the revision does not come up, and works as the way back', async () => {
    await platform.setFaults({ name: 'failed-deploy', component: 'workflow-orchestrator' });
    const failed = await platform.command('deploy', 'workflow-orchestrator', 'ucx-1');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('FAILED: workflow-orchestrator stays on legacy-1');
    expect((await platform.command('deploy', 'workflow-orchestrator', 'legacy-1')).code).toBe(0);
    expect((await platform.request('GET', '/healthz')).status).toBe(200);
  });

  it.each([
    'deploy tool-dispatcher',
    'deployed nope',
    'smoke nope',
    'smoke',
    'backup-age --max soon',
    'user-journey',
    'rollback-readiness now',
  ])('the wrong call "%s" is neither a pass nor a failure', async (line) => {
    const [name = '', ...args] = line.split(' ');
    const result = await platform.command(name, ...args);
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toContain('cannot tell');
  });

  it('with no platform there, or no address, the answer is "cannot tell"', async () => {
    const gone = await startPlatformProcess();
    await gone.stop();
    const calls = ['deployed tool-dispatcher', 'smoke ws-connect', 'backup', 'rollback-readiness'];
    const runs = [gone.url, ''].flatMap((url) =>
      calls.map(async (line) => {
        const [name = '', ...args] = line.split(' ');
        expect(await runCommand(url, name, ...args), `${line} at "${url}"`).toMatchObject({ code: 3, stdout: '' });
      })
    );
    await Promise.all(runs);
  });

  it('backup takes a snapshot whose age backup-age judges; damaged snapshots do not count', async () => {
    const backup = await platform.command('backup');
    expect(backup.code).toBe(0);
    const file = backup.stdout.split(' ')[0] ?? '';
    expect((await platform.command('backup-age', '--max', '24h')).stdout).toContain(file);
    // The age is the one written in the snapshot, not the one that touching the file would give it.
    utimesSync(file, 0, 0);
    expect((await platform.command('backup-age', '--max', '24h')).code).toBe(0);
    const { backups } = (await platform.json('GET', '/admin/backups')) as { backups: { file: string }[] };
    for (const { file: snapshot } of backups) writeFileSync(snapshot, '{}');
    const damaged = await platform.command('backup-age', '--max', '24h');
    expect(damaged).toMatchObject({ code: 1 });
    expect(damaged.stdout).toContain('no intact backup');
    await platform.command('backup');
    expect((await platform.command('backup-age', '--max', '0s')).code).toBeLessThanOrEqual(1);
  });

  it('rollback-readiness passes while every release can be deployed, and names the one that cannot', async () => {
    expect((await platform.command('rollback-readiness')).code).toBe(0);
    const manifest = join(platform.dir, 'state/releases/agent-execution-core/legacy-1.json');
    writeFileSync(manifest, 'gone');
    const result = await platform.command('rollback-readiness');
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('agent-execution-core: legacy-1 cannot be deployed');
    const contents = { component: 'agent-execution-core', revision: 'legacy-1', contains: ['legacy'] };
    writeFileSync(manifest, JSON.stringify(contents));
    expect((await platform.command('rollback-readiness')).code).toBe(0);
  });

  it('every smoke suite passes on the legacy and on the new path, and fails with the component it is there to test', async () => {
    vi.stubEnv('PLATFORM_URL', platform.url);
    expect(Object.keys(SUITES)).toEqual(Object.keys(TESTED));
    const runAll = () => Promise.all(Object.values(SUITES).map((suite) => suite(TEST_USER)));
    await runAll();
    await allOnNewPath();
    await runAll();
    await platform.setFaults(...COMPONENT_NAMES.map((component): Fault => ({ name: 'failed-smoke', component })));
    const answer = await platform.request('POST', '/chat', { user: TEST_USER, message: 'search' });
    expect(answer.body, 'without the smoke header').toContain(`${TEST_USER}, on`);
    for (const component of COMPONENT_NAMES) {
      await platform.setFaults({ name: 'failed-smoke', component });
      const names = Object.keys(TESTED).filter((name) => TESTED[name] === component);
      const outcomes = names.map((name) => expect(SUITES[name]?.(TEST_USER), name).rejects.toBeInstanceOf(CheckFailed));
      await Promise.all(outcomes);
    }
  });

  it("a suite notices that it was sent another user's data", async () => {
    vi.stubEnv('PLATFORM_URL', platform.url);
    await allOnNewPath();
    await platform.setFaults({ name: 'isolation-violation', component: 'agent-execution-core' });
    await eventually(async () => {
      await platform.request('POST', '/chat', { user: 'eve', message: 'search' });
      await expect(SUITES['ws-delivery']?.(TEST_USER)).rejects.toThrow('event with data of eve');
    });
  });

  it('smoke says what it saw, says what is wrong, and takes another user', async () => {
    await allOnNewPath();
    const good = await platform.command('smoke', 'state-transitions');
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toContain('received, triaged, executing, composing, completed');
    await platform.setFaults({ name: 'failed-smoke', component: 'workflow-orchestrator' });
    const spoiled = await platform.command('smoke', 'state-transitions');
    expect(spoiled).toMatchObject({ code: 1, stderr: '' });
    expect(spoiled.stdout).toContain('FAILED: the workflow went through completed, composing');
    expect((await platform.command('smoke', 'state-transitions', '--user', 'load-01')).code).toBe(0);
  });

  it('user-journey goes through as a real user, says which paths it took, and sees what smoke tests see not', async () => {
    await allOnNewPath();
    await platform.setFaults({ name: 'failed-smoke', component: 'agent-execution-core' });
    const journey = await platform.command('user-journey', TEST_USER);
    expect(journey.code).toBe(0);
    expect(journey.stdout).toContain('agent-execution-core=new');
    expect((await platform.command('user-journey', 'load-01')).stdout).toContain('agent-execution-core=legacy');
    await platform.setFaults({ name: 'lost-events', component: 'websocket-executor' });
    await eventually(async () => expect((await platform.command('user-journey', TEST_USER)).code).toBe(1));
  });
});
