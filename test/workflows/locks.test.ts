import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { workflowQueue } from '../../src/plan/names.js';
import type { LockAnswer, LockHolder } from '../../src/activities/contract.js';
import { approval, phase, plan, step } from '../support/stage/plans.js';
import { failureOf, openStage, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const first = plan([phase('1a', { steps: [step.flag('core'), step.deployTo('core')], approval: approval() })]);
const holder = (run: string): LockHolder => ({ run, runId: `${run}-id`, startedBy: 'dana', since: 0 });

async function startLocks(held: Record<string, LockHolder> = {}): Promise<void> {
  await stage.client.workflow.start('locks', {
    workflowId: stage.locksHandle().workflowId,
    taskQueue: workflowQueue,
    args: [held],
  });
}
function acquire(request: unknown): Promise<LockAnswer> {
  return stage.locksHandle().executeUpdate('acquire', { args: [request] });
}
function holders(): Promise<Record<string, LockHolder>> {
  return stage.locksHandle().query('holders');
}

describe('the lock', () => {
  it('refuses a second start of the same plan', async () => {
    await stage.start(first);
    await expect(stage.start(first)).rejects.toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
  });

  it.each([
    ['flag', step.traffic('ramp', 'FLAG_CORE'), 'flag/FLAG_CORE'],
    ['deploy target', step.deployTo('core', { revision: 'v9' }), 'deploy/core'],
  ])('refuses another plan that moves the same %s, with holder and command', async (_what, moves, key) => {
    const run = await stage.start(first);
    await stage.gate('1a');
    const other = await stage.start(plan([phase('1z', { steps: [moves] })], { id: 'other-plan' }));
    const failure = await failureOf(other.result());
    expect(failure.type).toBe('failed');
    expect(failure.message).toBe(
      `failed: PG202 ${key} is held by ${run.workflowId} (started by dana): wait for that run, or finish it with: phasegate rollback ${run.workflowId}`
    );
    // The refused run takes nothing from the one that holds them.
    expect(Object.values(await holders()).every((one) => one.run === run.workflowId)).toBe(true);
    expect(stage.world.story()).toHaveLength(2);
  });

  it('lets a plan that moves other things run beside it, and is released at the end', async () => {
    const run = await stage.start(first);
    await stage.gate('1a');
    const other = await stage.start(plan([phase('1z', { steps: [step.flag('other')] })], { id: 'other-plan' }));
    expect((await other.result()).outcome?.kind).toBe('completed');
    expect(Object.keys(await holders())).toEqual([`plan/${stage.planId}`, 'flag/FLAG_CORE', 'deploy/core']);
    await stage.tell('1a', 'approve', 'erin');
    await run.result();
    expect(await holders()).toEqual({});
  });

  it('of a terminated run refuses its next start, naming the run id to finish', async () => {
    const run = await stage.start(first);
    await stage.gate('1a');
    const { runId } = (await run.describe()).raw.workflowExecutionInfo?.execution ?? {};
    await run.terminate();
    await failureOf(stage.phaseHandle('1a').result());
    const again = await stage.start(first);
    expect((await failureOf(again.result())).message).toContain(`finish it with: phasegate rollback ${runId}`);
  });
});

describe('the lock workflow', () => {
  it('grants all keys or none, and again what the same run holds', async () => {
    await startLocks({ 'flag/A': holder('one') });
    expect(await acquire({ keys: ['flag/A', 'flag/B'], holder: holder('two') })).toEqual({
      granted: false,
      conflicts: [{ key: 'flag/A', holder: holder('one') }],
    });
    expect(Object.keys(await holders())).toEqual(['flag/A']);
    expect(await acquire({ keys: ['flag/A', 'flag/B'], holder: holder('one') })).toEqual({ granted: true });
    const release = { run: 'one', runId: 'one-id' };
    expect(await stage.locksHandle().executeUpdate('release', { args: [{ ...release, runId: 'x' }] })).toBe(0);
    expect(await stage.locksHandle().executeUpdate('release', { args: [release] })).toBe(2);
    expect(await stage.locksHandle().executeUpdate('release', { args: [release] })).toBe(0);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', 'flag/A'],
    ['no keys', { keys: [], holder: holder('one') }],
    ['keys that are none', { keys: [1], holder: holder('one') }],
    ['no holder', { keys: ['flag/A'] }],
    ['a stray key', { keys: ['flag/A'], holder: holder('one'), force: true }],
  ])('refuses %s and lives on', async (_what, request) => {
    await startLocks();
    await expect(acquire(request)).rejects.toMatchObject({ cause: { type: 'PG207' } });
    await expect(stage.locksHandle().executeUpdate('release', { args: [request] })).rejects.toThrow();
    await stage.locksHandle().signal('acquire', request);
    expect(await acquire({ keys: ['flag/A'], holder: holder('one') })).toEqual({ granted: true });
  });

  it('keeps what is held when it continues as new', async () => {
    await startLocks({ 'flag/A': holder('one') });
    const before = (await stage.locksHandle().describe()).runId;
    for (let sent = 0; sent < 200; sent += 10) {
      await Promise.all(
        Array.from({ length: 10 }, () => acquire({ keys: ['flag/B'], holder: holder('two') }).catch(() => undefined))
      );
    }
    await stage.until('the next execution', async () => (await stage.locksHandle().describe()).runId !== before);
    await stage.until('its first task', async () => Object.keys(await holders()).length === 2);
    expect(await holders()).toEqual({ 'flag/A': holder('one'), 'flag/B': holder('two') });
  });
});
