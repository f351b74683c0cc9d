import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { lockHolders } from '../../src/client/act/locks.js';
import { startRollback } from '../../src/client/act/rollback.js';
import { rollbackWorkflowId, workflowQueue } from '../../src/plan/names.js';
import type { RollbackInput } from '../../src/plan/run-input.js';
import type { PhaseResult } from '../../src/plan/run-status.js';
import type { LockAnswer, LockHolder } from '../../src/activities/contract.js';
import { linkOf } from '../support/stage/link.js';
import { inBatches } from '../support/in-batches.js';
import { approval, phase, plan, step } from '../support/stage/plans.js';
import { failureOf, openStage, type Run, type Stage } from '../support/stage/stage.js';
import { door } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const first = plan([phase('1a', { steps: [step.flag('core'), step.deployTo('core')], approval: approval() })]);
const holder = (run: string): LockHolder => ({ run, runId: `${run}-id`, startedBy: 'dana', since: 0 });

function acquire(request: unknown): Promise<LockAnswer> {
  return stage.locksHandle().executeUpdate('acquire', { args: [request] });
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
      `failed: PG202 ${key} is held by ${run.workflowId} (started by dana): wait for that run, or finish it with: phasegate rollback ${run.workflowId.replace('migration/', '')} --reason "why"`
    );
    // The refused run takes nothing from the one that holds them.
    expect(Object.values(await stage.lockHolders()).every((one) => one.run === run.workflowId)).toBe(true);
    expect(stage.world.story()).toHaveLength(2);
  });

  it('lets a plan that moves other things run beside it, and is released at the end', async () => {
    const run = await stage.start(first);
    await stage.gate('1a');
    const other = await stage.start(plan([phase('1z', { steps: [step.flag('other')] })], { id: 'other-plan' }));
    expect((await other.result()).outcome?.kind).toBe('completed');
    expect(Object.keys(await stage.lockHolders())).toEqual([`plan/${stage.planId}`, 'flag/FLAG_CORE', 'deploy/core']);
    await stage.tell('1a', 'approve', 'erin');
    await run.result();
    expect(await stage.lockHolders()).toEqual({});
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
    await stage.startLocks({ 'flag/A': holder('one') });
    expect(await acquire({ keys: ['flag/A', 'flag/B'], holder: holder('two') })).toEqual({
      granted: false,
      conflicts: [{ key: 'flag/A', holder: holder('one') }],
    });
    expect(Object.keys(await stage.lockHolders())).toEqual(['flag/A']);
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
    await stage.startLocks();
    await expect(acquire(request)).rejects.toMatchObject({ cause: { type: 'PG207' } });
    await expect(stage.locksHandle().executeUpdate('release', { args: [request] })).rejects.toThrow();
    await stage.locksHandle().signal('acquire', request);
    expect(await acquire({ keys: ['flag/A'], holder: holder('one') })).toEqual({ granted: true });
  });

  it.each([
    ['terminated at work', workflowQueue, 'terminate'],
    ['terminated before it could work at all', 'a-queue-without-workers', 'terminate'],
    ['cancelled', workflowQueue, 'cancel'],
  ] as const)('that was %s is followed by one that holds the same', async (_how, taskQueue, act) => {
    const held = { 'flag/FLAG_CORE': holder('one') };
    await stage.startLocks(held, taskQueue);
    if (taskQueue === workflowQueue) await acquire({ keys: ['flag/B'], holder: holder('two') });
    await stage.locksHandle()[act]();
    await stage.until('its end', async () => (await stage.locksHandle().describe()).status.name !== 'RUNNING');
    const failure = await failureOf((await stage.start(first)).result());
    expect(failure.message).toContain('PG202 flag/FLAG_CORE is held by one');
    expect(await stage.lockHolders()).toEqual({
      ...held,
      ...(taskQueue === workflowQueue ? { 'flag/B': holder('two') } : {}),
    });
  });

  it('that was terminated still tells who holds what, and takes back what is given back', async () => {
    const run = await stage.start(first);
    await stage.gate('1a');
    await stage.locksHandle().terminate();
    expect(Object.keys((await lockHolders(linkOf(stage), stage.environment.id)) ?? {})).toContain('flag/FLAG_CORE');
    await stage.tell('1a', 'approve', 'erin');
    expect((await run.result()).outcome?.reason).toBe('its one phase, 1a, completed');
    expect(await stage.lockHolders()).toEqual({});
  });

  it('keeps what is held when it continues as new', async () => {
    await stage.startLocks({ 'flag/A': holder('one') });
    const before = (await stage.locksHandle().describe()).runId;
    await inBatches(220, 10, () => acquire({ keys: ['flag/B'], holder: holder('two') }).catch(() => undefined));
    await stage.until('the next execution', async () => (await stage.locksHandle().describe()).runId !== before);
    await stage.until('its first task', async () => Object.keys(await stage.lockHolders()).length === 2);
    expect(await stage.lockHolders()).toEqual({ 'flag/A': holder('one'), 'flag/B': holder('two') });
  });
});

describe('a rollback of a run that has ended', () => {
  const bare = plan([phase('1a', { steps: [step.flag('core'), step.deployTo('core')] })]);

  async function completed(): Promise<{ run: Run; input: RollbackInput }> {
    const run = await stage.start(bare);
    const { runId } = await run.describe();
    await run.result();
    const { ledger } = (await stage.phaseHandle('1a').result()) as PhaseResult;
    const { workflowId } = run;
    const input: RollbackInput = {
      schemaVersion: 1,
      run: {
        workflowId,
        runId,
        planId: stage.planId,
        planTitle: 'A plan',
        digest: '',
        startedBy: 'dana',
        startedAt: Date.now(),
      },
      entries: ledger,
      reason: 'the test asks for it',
      environment: stage.environment,
      rollback: bare.rollback,
      alone: true,
    };
    return { run, input };
  }
  async function rollBack(input: RollbackInput): Promise<WorkflowHandle> {
    const workflowId = rollbackWorkflowId(input.run.workflowId, 'again-1');
    return stage.client.workflow.start('rollback', { workflowId, taskQueue: workflowQueue, args: [input] });
  }

  it('takes the locks while it works, gives them back when it is verified, and tells people', async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const { input } = await completed();
    const rollback = await rollBack(input);
    await undo.reached;
    const held = await stage.lockHolders();
    expect(Object.keys(held)).toEqual([`plan/${stage.planId}`, 'flag/FLAG_CORE', 'deploy/core']);
    undo.open();
    expect(await rollback.result()).toMatchObject({ verified: true });
    expect(await stage.lockHolders()).toEqual({});
    expect(stage.world.notes.at(-1)).toMatchObject({ kind: 'ended', title: 'A plan, rollback of 1a: verified' });
  });

  it('undoes nothing while another run moves the same things', async () => {
    const { input } = await completed();
    const other = await stage.start(plan(first.phases, { id: `${stage.planId}-other` }));
    await stage.until('the other run', async () => 'flag/FLAG_CORE' in (await stage.lockHolders()));
    const failure = await failureOf((await rollBack(input)).result());
    expect(failure.type).toBe('PG202');
    expect(failure.message).toContain(`flag/FLAG_CORE is held by ${other.workflowId} (started by dana)`);
    expect(stage.world.story('undo')).toEqual([]);
    const told = await stage.rollback('again-1');
    expect(told.sentence).toContain('Rolled back, NOT verified: nothing was undone, since PG202');
    expect(stage.world.notes.filter((note) => note.kind === 'ended').at(-1)?.title).toContain('NOT verified');
    await other.terminate();
  });

  it('is not verified when nobody can be sure that its ledger is whole', async () => {
    const { input } = await completed();
    expect(await (await rollBack({ ...input, doubt: 'PG214 this run was reset' })).result()).toMatchObject({
      verified: false,
      reason: 'PG214 this run was reset',
    });
    expect(stage.world.changed()).toEqual([]);
  });

  it('is refused by the client as well, and while a newer run of the plan is open', async () => {
    const { run, input } = await completed();
    const link = linkOf(stage);
    const ended = { workflowId: run.workflowId, runId: input.run.runId };
    const other = await stage.start(plan(first.phases, { id: `${stage.planId}-other` }));
    await stage.until('the other run', async () => 'flag/FLAG_CORE' in (await stage.lockHolders()));
    await expect(startRollback(link, ended, 'dana', 'why')).rejects.toMatchObject({ code: 'PG202' });
    await other.terminate();
    await stage.until(
      'its phase',
      async () => (
        await expect(startRollback(link, ended, 'dana', 'why')).rejects.toMatchObject({ code: 'PG210' }),
        true
      )
    );
    const newer = await stage.start(plan([phase('1a', { steps: [step.flag('x')], approval: approval() })]));
    await expect(startRollback(link, ended, 'dana', 'why')).rejects.toMatchObject({ code: 'PG201' });
    await newer.terminate();
    await expect(stage.rollbackHandle('again-1').describe()).rejects.toThrow();
  });
});
