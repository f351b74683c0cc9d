import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/activities/clock.js';
import { createWindowActivities, judgeAgain } from '../../src/activities/metrics/index.js';
import { createSecrets } from '../../src/activities/secrets.js';
import { fakeReader } from '../support/metrics/fake-reader.js';
import type { FakeReader } from '../support/metrics/fake-reader.js';
import { memoryStore } from '../support/metrics/memory-store.js';
import { windowInput } from '../support/metrics/watching.js';
import { oneWindow } from '../support/metrics/window-workflow.js';
import { second, span, windowSpec } from '../support/metrics/windows.js';
import { sharedServer } from '../support/shared-server.js';

const quiet = new DefaultLogger('ERROR', () => undefined);
Runtime.install({
  logger: quiet,
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
});

/** Workers around a FAKE source on a real Temporal server; every worker of a test serves one task queue. */
async function stage() {
  const { address, namespace } = sharedServer();
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const taskQueue = `windows-${randomUUID()}`;
  const store = memoryStore();
  const workflowsPath = fileURLToPath(new URL('../support/metrics/window-workflow.ts', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet });
  const write = (): void => undefined;
  const running: Promise<void>[] = [];
  const workers: Worker[] = [];
  const start = async (reader: FakeReader): Promise<Worker> => {
    const activities = createWindowActivities({
      evidence: store,
      clock: systemClock,
      logger: { info: write, warn: write, error: write },
      fetch,
      secrets: createSecrets({ env: {}, baseDir: '.' }),
      readerOf: () => reader,
    });
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle: { code },
      activities: { ...activities },
      maxHeartbeatThrottleInterval: '500ms',
    });
    workers.push(worker);
    running.push(worker.run());
    return worker;
  };
  onTestFinished(async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.all(running);
    await client.connection.close();
    await connection.close();
  });
  return { client, taskQueue, store, start };
}

const soon = { timeout: 20 * second, interval: 20 };

describe('a window on a real Temporal server', () => {
  it('is handed over within seconds when its worker shuts down, and ends as if nothing had happened', async () => {
    const { client, taskQueue, store, start } = await stage();
    const spec = windowSpec({ every: span(500), length: span(6 * second), deadline: span(30 * second) });
    const first = fakeReader({ success_rate: () => 0.99 });
    const second_ = fakeReader({ success_rate: () => 0.99 });
    const worker = await start(first);
    const t0 = Date.now() + second;
    const run = await client.workflow.start(oneWindow, {
      workflowId: `window/${randomUUID()}`,
      taskQueue,
      args: [windowInput(spec, { t0 })],
    });
    await vi.waitUntil(() => first.calls.length >= 4, soon);
    worker.shutdown();
    await vi.waitUntil(() => worker.getState() === 'STOPPED', soon);
    await start(second_);
    await vi.waitUntil(() => second_.calls.length > 0, soon);

    const result = await run.result();
    expect(result).toMatchObject({
      verdict: 'PASS',
      samples: 13,
      endedAt: t0 + 6 * second,
      criteria: [{ ok: 13, notValid: 0 }],
    });
    expect((await judgeAgain(store, result.evidence)).state).toEqual(result.state);
    expect(second_.calls[0]).toMatchObject({ how: 'range' });
  });

  it('ends when it is cancelled, minutes before its next sample', async () => {
    const { client, taskQueue, start } = await stage();
    const spec = windowSpec({ every: span(300 * second), length: span(600 * second), deadline: span(1800 * second) });
    const reader = fakeReader({ success_rate: () => 0.99 });
    await start(reader);
    const run = await client.workflow.start(oneWindow, {
      workflowId: `window/${randomUUID()}`,
      taskQueue,
      args: [windowInput(spec, { t0: Date.now() })],
    });
    await vi.waitUntil(() => reader.calls.length === 1, soon);
    await run.cancel();
    // The workflow waits until the activity says that it has stopped.
    await expect(run.result()).rejects.toThrow('Workflow execution cancelled');
    expect(reader.calls).toHaveLength(1);
  });
});
