import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LedgerEntry } from '../../src/plan/change.js';
import { rollbackWorkflowId, workflowQueue } from '../../src/plan/names.js';
import type { RollbackInput } from '../../src/plan/run-input.js';
import type { RollbackStatus } from '../../src/plan/run-status.js';
import { environment, plan } from '../support/stage/plans.js';
import { openStage, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const entry: LedgerEntry = {
  id: '1a/core#1',
  phase: '1a',
  step: 'core',
  attempt: 1,
  title: 'Enable core',
  change: { type: 'flag', key: 'FLAG_CORE', enabled: true, percent: 5 },
  before: { type: 'flag', key: 'FLAG_CORE', exists: true, enabled: false, percent: 0, include: [] },
  capturedAt: 0,
  runId: 'r',
  idempotencyKey: 'r/1a/core#1',
};

describe('an undo that no worker takes', () => {
  it('asks people after two minutes, waits on in the queue, and can be taken over by hand', async () => {
    const nowhere = environment(`nobody-${randomUUID().slice(0, 8)}`, { notify: [] });
    const run = `migration/${nowhere.id}/plan`;
    const { rollback } = plan([]);
    const input: RollbackInput = {
      schemaVersion: 1,
      run: {
        workflowId: run,
        runId: 'r',
        planId: 'plan',
        planTitle: 'A plan',
        digest: '',
        startedBy: 'dana',
        startedAt: 0,
      },
      entries: [entry],
      reason: 'the test asks for it',
      environment: nowhere,
      rollback: { ...rollback, window: { ...rollback.window, criteria: [] } },
      alone: false,
    };
    const handle = await stage.client.workflow.start('rollback', {
      workflowId: rollbackWorkflowId(run, '1a'),
      taskQueue: workflowQueue,
      args: [input],
    });
    const status = (): Promise<RollbackStatus> => handle.query<RollbackStatus>('status');
    const [gate] = await vi.waitUntil(
      async () => {
        const { gates } = await status();
        return gates.length > 0 && gates;
      },
      { timeout: 300_000, interval: 1000 }
    );
    expect(gate).toMatchObject({
      address: '1a/core#1',
      reason: 'the undo keeps failing: PG402 no worker of this environment took undoChange',
      answers: ['retry', 'takeover'],
    });
    await stage.until('the queue', async () => (await handle.describe()).raw.pendingActivities?.length === 1);
    await stage.tell(handle, 'takeover', { by: 'lee', entry: '1a/core#1', reason: 'switched off by hand' });
    expect(await handle.result()).toMatchObject({ verified: false, undone: ['1a/core#1'] });
    expect((await status()).undos[0]).toMatchObject({ state: 'taken over', by: 'lee' });
  });
});
