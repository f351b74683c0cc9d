import { WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Cleanup, RemoveFlagsTask } from '../../src/plan/model.js';
import type { RollbackInput } from '../../src/plan/run-input.js';
import type { PhaseResult, PhaseStatus, StepRecord } from '../../src/plan/run-status.js';
import { refuseIfLocked } from '../../src/client/act/taken.js';
import type { LedgerEntry } from '../../src/plan/change.js';
import type { Verdict } from '../../src/plan/judge-types.js';
import { rollbackWorkflowId, workflowQueue } from '../../src/plan/names.js';
import { approval, cleanup, phase, plan, runInput, span, step, task, windowSpec } from '../support/stage/plans.js';
import { linkOf } from '../support/stage/link.js';
import { resetBefore, scheduled } from '../support/stage/reset.js';
import { failureOf, openStage, type Stage } from '../support/stage/stage.js';
import { door, type Finding } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ compression: { scale: 1_000_000 } });
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const keys = ['FLAG_CORE', 'FLAG_TOOLS'];

/** A run that has brought two flags to everybody, and whose clean-up is to remove them. */
async function completed(change: Partial<RemoveFlagsTask> = {}, more: Partial<Cleanup> = {}): Promise<string> {
  const steps = [step.flag('core', { percent: 100 }), step.flag('tools', { percent: 100 })];
  const left = cleanup([task.removal(keys, change), task.plain('docs')], more);
  const run = await stage.start(plan([phase('1a', { steps })], { cleanup: left }));
  await run.result();
  await asked();
  return (await run.describe()).runId;
}

/** The run ends when its clean-up has begun, which is before the clean-up asks for anything. */
async function asked(): Promise<void> {
  await until('the tasks', ({ gates }) => gates.length === 2);
}

function until(what: string, holds: (status: PhaseStatus) => boolean): Promise<PhaseStatus> {
  return stage.until(what, async () => {
    const status = await stage.cleanup();
    return holds(status) && status;
  });
}

async function remove(by = 'erin'): Promise<void> {
  await stage.tell(stage.cleanupHandle(), 'attest', { by, item: 'remove-flags', answer: 'done' });
}

function attempt(status: PhaseStatus, number: number): StepRecord | undefined {
  return status.steps.find(({ address }) => address === `cleanup/remove-flags#${number}`);
}

async function refused(number = 1): Promise<StepRecord> {
  const status = await until(`attempt ${number} to be refused`, (now) => attempt(now, number)?.state === 'failed');
  expect(status.gates.map(({ address }) => address)).toContain(`cleanup/remove-flags#${number + 1}`);
  const step = attempt(status, number);
  if (!step) throw new Error('no attempt');
  return step;
}

const removals = (): string[] => stage.world.story('remove');

/** The safety check watches until the door is open. */
function watching(): ReturnType<typeof door> {
  const gate = door();
  stage.world.onWindow = async ({ origin }): Promise<Finding> => {
    if (origin.address.startsWith('cleanup/')) await gate.wait();
    return 'PASS';
  };
  return gate;
}

/** A rollback as the command line starts it; it may not ask the client's own rules first. */
function rollback(runId: string, entries: LedgerEntry[] = [], number = 1): Promise<unknown> {
  const {
    plan: own,
    environment,
    digest,
  } = runInput(plan([phase('1a')], { id: stage.planId }), stage.environment).versions[0] as ReturnType<
    typeof runInput
  >['versions'][number];
  const run = {
    workflowId: stage.id,
    runId,
    planId: own.id,
    planTitle: own.title,
    digest,
    startedBy: 'dana',
    startedAt: 0,
  };
  const input: RollbackInput = {
    schemaVersion: 1,
    run,
    entries,
    reason: 'a test',
    environment,
    rollback: own.rollback,
    alone: true,
  };
  return stage.client.workflow.execute('rollback', {
    workflowId: rollbackWorkflowId(stage.id, `again-${number}`),
    taskQueue: workflowQueue,
    args: [input],
  });
}

async function locks(): Promise<string[]> {
  return Object.keys(await stage.lockHolders());
}

/** The removal itself waits until the door is open. */
function removing(): ReturnType<typeof door> {
  const gate = door();
  stage.world.onRemoveFlags = async (left, take) => {
    await gate.wait();
    left.forEach(take);
  };
  return gate;
}

async function memo(): Promise<unknown> {
  return (await stage.cleanupHandle().describe()).memo?.['removed'] ?? [];
}

describe('flags that are to be removed', () => {
  it('are removed, read back, and recorded when the safety check passes', async () => {
    await completed();
    await remove();
    const status = await until('the removal', (now) => attempt(now, 1)?.state === 'passed');
    expect(removals()).toEqual(['remove flag/FLAG_CORE gone', 'remove flag/FLAG_TOOLS gone']);
    expect(attempt(status, 1)).toMatchObject({
      reason: 'removed and read back: FLAG_CORE, FLAG_TOOLS',
      answer: { by: 'erin', answer: 'done' },
    });
    expect(attempt(status, 1)?.evidence).toHaveLength(5);
    const window = stage.world.windows.find(({ origin }) => origin.address.startsWith('cleanup/'));
    expect(window).toMatchObject({ ownBase: true, origin: { address: 'cleanup/remove-flags#1' } });
    expect(await stage.until('free locks', async () => (await locks()).length === 0)).toBe(true);
    // The memo outlives the execution that wrote it: a rollback looks there.
    await stage.tell(stage.cleanupHandle(), 'attest', { by: 'erin', item: 'docs', answer: 'done' });
    await stage.cleanupHandle().result();
    expect((await stage.cleanupHandle().describe()).memo).toMatchObject({
      removed: keys.map((key) => ({ key, state: 'removed' })),
    });
  });

  it.each([
    ['are not on for everybody', 'capture says FAIL', () => (stage.world.onCaptureFlags = () => 'FAIL')],
    [
      'cannot be read',
      'flag system away',
      () =>
        (stage.world.onCaptureFlags = () => {
          throw ApplicationFailure.nonRetryable('flag system away', 'PG301');
        }),
    ],
    ['were read as off', 'FAIL: window says FAIL', () => (stage.world.onWindow = () => 'FAIL')],
    ['could not be measured', 'HOLD: window says HOLD', () => (stage.world.onWindow = () => 'HOLD')],
  ])('stay when they %s', async (_, why, arrange) => {
    await completed();
    arrange();
    await remove();
    const step = await refused();
    expect(step.reason).toMatch(/^PG452 /);
    expect(step.reason).toContain(why);
    expect(removals()).toEqual([]);
    await stage.until('free locks', async () => (await locks()).length === 0);
    const note = await stage.until('the note', () =>
      stage.world.notes.find(({ address }) => address === 'cleanup/remove-flags#1')
    );
    expect(note).toMatchObject({ kind: 'hold', to: ['erin'] });
  });

  it('stay until they have been at 100 % for as long as the plan says', async () => {
    await completed({ unread: windowSpec({ length: span(600_000), deadline: span(700_000) }) });
    await remove();
    expect((await refused()).reason).toMatch(/at 100 % for less than 600000ms: FLAG_CORE until .*, FLAG_TOOLS until /);
    expect(removals()).toEqual([]);
  });

  it('can be removed when they have been at 100 % for that long', async () => {
    await completed({ unread: windowSpec({ length: span(3000), deadline: span(4000) }) });
    const status = await stage.until('the time', async () => {
      await remove().catch(() => undefined);
      const now = await stage.cleanup();
      return now.steps.some(({ id, state }) => id === 'remove-flags' && state === 'passed') && now;
    });
    const begun = Math.min(...(await stage.phase('1a')).ledger.map(({ capturedAt }) => capturedAt));
    expect(status.steps.findLast(({ id }) => id === 'remove-flags')?.endedAt).toBeGreaterThanOrEqual(begun + 3000);
  });

  it('can be removed as soon as somebody is asked: their run has given back its locks by then', async () => {
    const left = cleanup([task.removal(keys), task.plain('docs')]);
    const steps = [step.flag('core', { percent: 100 }), step.flag('tools', { percent: 100 })];
    const run = await stage.start(plan([phase('1a', { steps, approval: approval() })], { cleanup: left }));
    const { digest } = await stage.gate('1a');
    const held = await stage.lockHolders();
    await stage.startLocks(held, 'a queue that nobody works for');
    await stage.tell('1a', 'approve', { by: 'erin', gate: '1a/approval#1', digest });
    await stage.until('the locks to be given back', async () =>
      (await run.fetchHistory()).events?.some(scheduled('releaseLocks'))
    );
    await expect(stage.cleanupHandle().describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);
    await stage.startLocks(held);
    await run.result();
    await asked();
    await remove();
    await until('the removal', (now) => attempt(now, 1)?.state === 'passed');
  });

  it('stay while another run holds one of them', async () => {
    await completed();
    const holder = { run: 'migration/x/other', runId: 'other', startedBy: 'lee', since: 0 };
    await stage.locksHandle().executeUpdate('acquire', { args: [{ keys: ['flag/FLAG_TOOLS'], holder }] });
    await remove();
    expect((await refused()).reason).toContain('flag/FLAG_TOOLS is held by migration/x/other');
    expect(removals()).toEqual([]);
    expect(await locks()).toEqual(['flag/FLAG_TOOLS']);
  });

  it('are watched without locks, for as long as it takes, while people are reminded', async () => {
    await completed({}, { remindEvery: span(1500) });
    const gate = watching();
    await remove();
    await gate.reached;
    expect(await locks()).toEqual([]);
    const reminders = (): number => stage.world.notes.filter(({ kind }) => kind === 'reminder').length;
    const before = reminders();
    await stage.until('two reminders', () => reminders() >= before + 2);
    expect(removals()).toEqual([]);
    gate.open();
    await until('the removal', (now) => attempt(now, 1)?.state === 'passed');
  });

  it('are looked at again under lock: what was turned down while it was watched stays', async () => {
    await completed();
    const gate = watching();
    await remove();
    await gate.reached;
    stage.world.onCaptureFlags = () => 'FAIL';
    gate.open();
    expect((await refused()).reason).toContain('capture says FAIL');
    expect(removals()).toEqual([]);
    expect(await memo()).toEqual([]);
    await stage.until('free locks', async () => (await locks()).length === 0);
  });

  it('stay when it is cancelled after it said that it begins, and before it does: the way back is open again', async () => {
    const runId = await completed();
    const gate = door();
    let looks = 0;
    stage.world.onCaptureFlags = async (): Promise<Verdict> => {
      looks += 1;
      if (looks === 2) await gate.wait();
      return 'PASS';
    };
    await remove();
    await gate.reached;
    expect(await memo()).toMatchObject(keys.map((key) => ({ key, state: 'removing' })));
    // What a cancellation becomes that was on its way before this could be seen.
    const ended = failureOf(stage.cleanupHandle().result());
    await stage.cleanupHandle().cancel();
    gate.open();
    expect((await ended).message).toContain('cancelled');
    expect(removals()).toEqual([]);
    expect(await memo()).toEqual([]);
    expect(await rollback(runId)).toMatchObject({ verified: true });
  });

  it('are locked by the clean-up itself: neither it nor its run gives back what the other holds', async () => {
    const runId = await completed();
    const { ledger } = (await stage.phaseHandle('1a').result()) as PhaseResult;
    const gate = removing();
    await remove();
    await gate.reached;
    const own = stage.cleanupHandle().workflowId;
    expect(Object.values(await stage.lockHolders()).map(({ run }) => run)).toEqual([own, own]);
    const held = `PG202 flag/FLAG_CORE is held by ${own}`;
    const failure = await failureOf(rollback(runId, ledger));
    expect([failure.type, failure.message]).toEqual(['PG202', expect.stringContaining(held)]);
    expect(failure.message).toMatch(/\(started by dana\): it removes flags at this moment, try again in a minute$/);
    await expect(refuseIfLocked(linkOf(stage), stage.environment.id, ['flag/FLAG_CORE'])).rejects.toMatchObject({
      code: 'PG202',
      message: expect.stringContaining('it removes flags at this moment') as string,
    });
    const holder = { run: stage.id, runId, startedBy: 'dana', since: 0 };
    await stage.locksHandle().executeUpdate('acquire', { args: [{ keys: ['deploy/core'], holder }] });
    gate.open();
    await until('the removal', (now) => attempt(now, 1)?.state === 'passed');
    expect(await locks()).toEqual(['deploy/core']);
    expect((await failureOf(rollback(runId, ledger, 2))).type).toBe('PG451');
  });

  it('are no longer locked when the clean-up was terminated while it removed them', async () => {
    await completed();
    const gate = removing();
    await remove();
    await gate.reached;
    await stage.cleanupHandle().terminate();
    expect(await locks()).toHaveLength(2);
    await refuseIfLocked(linkOf(stage), stage.environment.id, ['flag/FLAG_CORE']);
    gate.open();
    const other = await stage.start(plan([phase('1a', { steps: [step.flag('core')] })]));
    expect((await other.result()).outcome?.kind).toBe('completed');
    expect(await locks()).toEqual([]);
  });

  it('of which one was left are told apart, and the rest is removed with the next answer', async () => {
    await completed();
    stage.world.onRemoveFlags = (_, take) => take('FLAG_CORE');
    await remove();
    expect((await refused()).reason).toContain('left: FLAG_TOOLS');
    const { memo } = await stage.cleanupHandle().describe();
    expect(memo?.['removed']).toMatchObject([{ key: 'FLAG_CORE', state: 'removed' }]);
    stage.world.onRemoveFlags = (left, take) => left.forEach(take);
    await remove();
    await until('the rest', (now) => attempt(now, 2)?.state === 'passed');
    expect(removals()).toEqual(['remove flag/FLAG_CORE gone', 'remove flag/FLAG_TOOLS gone']);
  });

  it('are removed once, though the worker dies between the record and the removal, and in the middle of it', async () => {
    await completed();
    let attempts = 0;
    stage.world.onRemoveFlags = (left, take) => {
      attempts += 1;
      if (attempts === 2) take('FLAG_CORE');
      if (attempts < 3) throw new Error('the worker died');
      left.forEach(take);
    };
    await remove();
    const status = await until('the removal', (now) => attempt(now, 1)?.state === 'passed');
    expect(attempts).toBe(3);
    expect(status.steps.filter(({ id }) => id === 'remove-flags')).toHaveLength(1);
  });

  it('are not removed by an answer that is repeated, when the first was refused', async () => {
    await completed();
    stage.world.onWindow = () => 'FAIL';
    const said = { by: 'erin', item: 'cleanup/remove-flags#1', answer: 'done', id: 'once' };
    await stage.tell(stage.cleanupHandle(), 'attest', said);
    await refused();
    stage.world.onWindow = () => 'PASS';
    expect(await stage.tell(stage.cleanupHandle(), 'attest', said)).toMatchObject({ repeated: true });
    expect(removals()).toEqual([]);
  });
});

describe('a rollback of a run that has completed', () => {
  it('is refused when clean-up removed a flag, and says what and when', async () => {
    const runId = await completed();
    await remove();
    await until('the removal', (now) => attempt(now, 1)?.state === 'passed');
    const failure = await failureOf(rollback(runId));
    expect(failure.type).toBe('PG451');
    expect(failure.message).toMatch(/clean-up has closed the way back: FLAG_CORE was removed at \d{4}-/);
    expect(stage.world.story('undo')).toEqual([]);
    await stage.until('free locks', async () => (await locks()).length === 0);
    expect((await stage.cleanup()).state).toBe('waiting');
  });

  it('is refused while a removal is under way', async () => {
    const runId = await completed();
    const gate = removing();
    await remove();
    await gate.reached;
    expect((await failureOf(rollback(runId))).message).toContain('the removal of FLAG_CORE was begun at');
    gate.open();
    await until('the removal', (now) => attempt(now, 1)?.state === 'passed');
  });

  it('is refused although a reset made the clean-up forget that it removed them', async () => {
    const runId = await completed();
    const gate = removing();
    await remove();
    await gate.reached;
    await resetBefore(stage.client, stage.cleanupHandle(), scheduled('cleanupDays'));
    gate.open();
    await until('the tasks of the new execution', ({ gates }) => gates.length === 2);
    expect(await memo()).toEqual([]);
    expect((await failureOf(rollback(runId))).message).toContain('PG451');
    expect(stage.world.story('undo')).toEqual([]);
  });

  it('ends a clean-up that removed nothing', async () => {
    const runId = await completed();
    const { runId: execution } = await stage.cleanupHandle().describe();
    await rollback(runId);
    const failure = await failureOf(stage.handleOf(stage.cleanupHandle().workflowId, execution).result());
    expect(failure.message).toMatch(
      /^Clean-up was cancelled: 2 of 2 tasks not done \(remove-flags, docs\); recorded as sha256:\w+\.$/
    );
    expect(removals()).toEqual([]);
  });

  it('leaves nothing to a safety check that was under way: the flags stay', async () => {
    const runId = await completed();
    const gate = watching();
    const { runId: execution } = await stage.cleanupHandle().describe();
    await remove();
    await gate.reached;
    await rollback(runId);
    // However long it would have watched.
    await failureOf(stage.handleOf(stage.cleanupHandle().workflowId, execution).result());
    gate.open();
    expect(removals()).toEqual([]);
  });
});
