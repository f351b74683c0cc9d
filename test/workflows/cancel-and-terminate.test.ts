import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { targetOf } from '../../src/plan/ledger.js';
import type { Answer } from '../../src/plan/wire.js';
import { approval, phase, plan, step } from '../support/stage/plans.js';
import { failureOf, openStage, type Run, type Stage } from '../support/stage/stage.js';
import { door } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const newestFirst = [
  'undo flag/FLAG_TOOLS off',
  'undo deploy/tools v1',
  'undo flag/FLAG_CORE off',
  'undo deploy/core v1',
];

async function inSecondPhase(): Promise<Run> {
  const run = await stage.start(
    plan([
      phase('1a', { steps: [step.flag('core'), step.deployTo('core')] }),
      phase('1b', { after: ['1a'], steps: [step.flag('tools'), step.deployTo('tools')], approval: approval() }),
    ])
  );
  await stage.gate('1b');
  return run;
}

async function holders(): Promise<string[]> {
  return Object.keys(await stage.lockHolders());
}

describe('a Temporal cancel', () => {
  it('of the migration takes back everything, newest phase first, and ends it as cancelled', async () => {
    const run = await inSecondPhase();
    await run.cancel();
    const error = await run.result().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    expect((await run.describe()).status.name).toBe('CANCELLED');
    expect(await stage.outcome(run)).toMatchObject({
      kind: 'rolled-back-verified',
      reason: 'a Temporal cancel asked for it',
    });
    expect(stage.world.story('undo')).toEqual(newestFirst);
    expect(await holders()).toEqual([]);
  });

  it('of the phase takes back everything and ends the migration', async () => {
    const run = await inSecondPhase();
    await stage.phaseHandle('1b').cancel();
    const failure = await failureOf(run.result());
    expect(failure.message).toBe('rolled-back-verified: a Temporal cancel asked for it');
    expect(stage.world.story('undo')).toEqual(newestFirst);
  });

  it('of the migration while a failed phase is taken back widens that to everything', async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await inSecondPhase();
    await stage.tell('1b', 'reject', { by: 'erin', reason: 'no' });
    await undo.reached;
    await run.cancel();
    await stage.until('the cancel to reach the phase', async () => {
      const { events } = await stage.phaseHandle('1b').fetchHistory();
      return events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes);
    });
    undo.open();
    await run.result().catch(() => undefined);
    expect((await stage.outcome(run))?.reason).toBe(
      '1b/approval#1 failed: rejected by erin: no; then everything: a Temporal cancel asked for it'
    );
    expect(stage.world.story('undo')).toEqual(newestFirst);
  });

  it('does not refuse who asks for a rollback while it is taken back', async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await inSecondPhase();
    await run.cancel();
    await undo.reached;
    const answer = await run.executeUpdate<Answer, [unknown]>('rollback', {
      args: [{ by: 'dana', reason: 'at once' }],
    });
    expect(answer).toEqual({ message: 'rolling back everything, newest phase first', repeated: true });
    undo.open();
    await run.result().catch(() => undefined);
    expect(await stage.outcome(run)).toMatchObject({ kind: 'rolled-back-verified' });
    expect(stage.world.story('undo')).toEqual(newestFirst);
  });

  it('of the rollback itself changes nothing', async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await inSecondPhase();
    await stage.tell('1b', 'reject', { by: 'erin', reason: 'no' });
    await undo.reached;
    await stage.rollbackHandle('1b').cancel();
    undo.open();
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect((await stage.rollbackHandle('1b').describe()).status.name).toBe('COMPLETED');
  });

  it('right after the start leaves nothing behind', async () => {
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core')], approval: approval() })]));
    await run.cancel();
    await run.result().catch(() => undefined);
    expect(await stage.outcome(run)).toMatchObject({ reason: 'a Temporal cancel asked for it' });
    expect(stage.world.changed()).toEqual([]);
    expect(await holders()).toEqual([]);
  });
});

describe('a terminate', () => {
  it('of the migration in the middle of a phase lets the phase undo itself, and keeps the locks', async () => {
    const run = await inSecondPhase();
    await run.terminate('somebody was in a hurry');
    await failureOf(stage.phaseHandle('1b').result());
    expect(stage.world.story('undo')).toEqual(newestFirst.slice(0, 2));
    // What completed before is for `phasegate rollback`; until then nobody else may move it.
    expect(stage.world.changed()).toEqual(['flag/FLAG_CORE', 'deploy/core']);
    expect(await holders()).toEqual([
      `plan/${stage.planId}`,
      'flag/FLAG_CORE',
      'deploy/core',
      'flag/FLAG_TOOLS',
      'deploy/tools',
    ]);
    expect(await stage.outcome(run)).toBeUndefined();
  });

  it('of migration and phase while the rollback runs does not stop the rollback', async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await inSecondPhase();
    await stage.tell('1b', 'reject', { by: 'erin', reason: 'no' });
    await undo.reached;
    await run.terminate();
    await stage.phaseHandle('1b').terminate();
    undo.open();
    expect(await stage.rollbackHandle('1b').result()).toMatchObject({ verified: true });
    expect(stage.world.story('undo')).toEqual(newestFirst.slice(0, 2));
  });

  it('of the phase makes the migration read its ledger from its history and take it back', async () => {
    const run = await inSecondPhase();
    await stage.phaseHandle('1b').terminate('by mistake');
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('rolled-back-verified');
    expect(failure.message).toMatch(/\/phase\/1b was ended from outside.*; completed and kept: 1a/);
    expect(stage.world.story('undo')).toEqual(newestFirst.slice(0, 2));
    expect((await stage.status()).phases[1]).toMatchObject({ state: 'rolled back' });
  });

  it('of the phase in the middle of an apply does not let the apply come after its undo', async () => {
    const apply = door();
    stage.world.onApply = async () => {
      await apply.wait();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    };
    const run = await stage.start(plan([phase('1a', { steps: [step.deployTo('core')] })]));
    await apply.reached;
    apply.open();
    await stage.phaseHandle('1a').terminate();
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.changed()).toEqual([]);
  });

  it('of the phase before any change ends the run as failed', async () => {
    const run = await stage.start(plan([phase('1a', { before: [step.attest('online')] })]));
    await stage.gate('1a');
    await stage.phaseHandle('1a').terminate();
    expect((await failureOf(run.result())).type).toBe('failed');
    expect(await holders()).toEqual([]);
  });

  it('of a phase that is being rolled back waits for that rollback, and undoes nothing twice', async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await inSecondPhase();
    await stage.tell('1b', 'reject', { by: 'erin', reason: 'no' });
    await undo.reached;
    await stage.phaseHandle('1b').terminate();
    await stage.until('the migration to wait', async () => {
      const { events } = await run.fetchHistory();
      const timers = events?.filter((event) => event.timerStartedEventAttributes) ?? [];
      return timers.length >= 2;
    });
    expect(stage.world.story('undo')).toEqual([]);
    undo.open();
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.story('undo')).toEqual(newestFirst.slice(0, 2));
  });

  it('of the rollback ends the run as not verified and keeps the locks', async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await inSecondPhase();
    await stage.tell('1b', 'reject', { by: 'erin', reason: 'no' });
    await undo.reached;
    await stage.rollbackHandle('1b').terminate('enough');
    undo.open();
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('rolled-back-not-verified');
    expect(failure.message).toMatch(/rollback\/1b was ended from outside.*finish it with: phasegate rollback/);
    expect(await stage.phase('1b')).toMatchObject({
      state: 'NOT rolled back',
      sentence: expect.stringMatching(/^Phase 1b: NOT rolled back: .*rollback\/1b was ended from outside/) as string,
    });
    expect((await stage.status()).phases[1]).toMatchObject({
      state: 'NOT rolled back',
      reason: expect.stringContaining('was ended from outside') as string,
    });
    expect((await holders()).length).toBeGreaterThan(0);
  });
});

describe('a terminate of the rollback of a phase when everything is to be taken back', () => {
  /** Two phases move one target both: taken back in the wrong order, it would end in the state between them. */
  async function withRollbackLost(at: RegExp): Promise<Run> {
    const undo = door();
    stage.world.onUndo = ({ change }) => (at.test(targetOf(change)) ? undo.wait() : undefined);
    const run = await stage.start(
      plan([
        phase('1a', { steps: [step.flag('core'), step.deployTo('core')] }),
        phase('1b', {
          after: ['1a'],
          steps: [step.deploy('core', { revision: 'v3' }), step.flag('tools')],
          approval: approval(),
        }),
      ])
    );
    await stage.gate('1b');
    await stage.tell(run, 'rollback', { by: 'dana', reason: 'everything' });
    await undo.reached;
    await stage.rollbackHandle('1b').terminate('by mistake');
    stage.world.onUndo = () => undefined;
    undo.open();
    return run;
  }

  it.each([/TOOLS/, /core/])('undoes first what it left open, newest first (lost at %s)', async (at) => {
    const run = await withRollbackLost(at);
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('rolled-back-verified');
    expect(stage.world.changed()).toEqual([]);
    // The one that was under way has its effect, and nobody hears of it: it is done again.
    expect([...new Set(stage.world.story('undo'))]).toEqual([
      'undo flag/FLAG_TOOLS off',
      'undo deploy/core v2',
      'undo flag/FLAG_CORE off',
      'undo deploy/core v1',
    ]);
    expect(stage.world.story('undo').length).toBe(5);
    expect((await stage.status()).phases).toMatchObject([{ state: 'rolled back' }, { state: 'rolled back' }]);
    expect(await holders()).toEqual([]);
  });
});

describe('the parent-close policy', () => {
  it('undoes nothing when the run completes', async () => {
    const run = await stage.start(plan([phase('1a'), phase('1b', { after: ['1a'] })]));
    await run.result();
    for (const id of ['1a', '1b']) {
      expect((await stage.phaseHandle(id).describe()).status.name).toBe('COMPLETED');
    }
    expect(stage.world.story('undo')).toEqual([]);
  });
});
