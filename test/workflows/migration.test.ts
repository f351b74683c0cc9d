import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { approval, phase, plan, step, windowSpec } from '../support/stage/plans.js';
import { openStage, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

async function failureOf(result: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason
  );
  if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure))
    throw new Error('it did not fail', { cause: error });
  return error.cause;
}

describe('a migration', () => {
  it('runs its phases in order, each step once, and completes', async () => {
    const run = await stage.start(
      plan([
        phase('1a', {
          before: [step.check('backups')],
          steps: [step.flag('core'), step.deploy('core'), step.watch('window'), step.traffic('ramp', 'FLAG_CORE')],
          success: windowSpec(),
          approval: approval(),
        }),
        phase('1b', { after: ['1a'], steps: [step.flag('tools', { percent: 100 }), step.deploy('tools')] }),
      ])
    );
    const gate = await stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);
    expect(gate).toMatchObject({ address: '1a/approval#1', people: ['erin', 'lee'], answers: ['approve', 'reject'] });
    expect(await stage.tell('1a', 'approve', { by: 'erin', digest: gate.digest })).toMatchObject({ repeated: false });
    const status = await run.result();
    expect(status.outcome?.kind).toBe('completed');
    expect(status.phases.map((one) => one.state)).toEqual(['completed', 'completed']);
    expect(stage.world.effects.map((one) => `${one.act} ${one.target} ${one.to}`)).toEqual([
      'apply flag/FLAG_CORE 5%',
      'apply deploy/core v2',
      'apply flag/FLAG_CORE 50%',
      'apply flag/FLAG_CORE 100%',
      'apply flag/FLAG_TOOLS 100%',
      'apply deploy/tools v2',
    ]);
  });

  it('takes a failed phase back, exposure first, and keeps the phases before it', async () => {
    stage.world.onWindow = (input) => (input.origin.address === '1b/window#1' ? 'FAIL' : 'PASS');
    const run = await stage.start(
      plan([
        phase('1a'),
        phase('1b', {
          after: ['1a'],
          steps: [step.flag('tools'), step.deploy('tools'), step.watch('window'), step.traffic('ramp', 'FLAG_TOOLS')],
        }),
        phase('1c', { after: ['1b'] }),
      ])
    );
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('rolled-back-verified');
    expect(failure.message).toContain('1b/window#1 failed: window says FAIL');
    expect(failure.message).toContain('completed and kept: 1a');
    expect(stage.world.effects.filter((one) => one.act === 'undo').map((one) => one.target)).toEqual([
      'flag/FLAG_TOOLS',
      'deploy/tools',
    ]);
    expect(stage.world.changed()).toEqual(['flag/FLAG_1AFLAG']);
    const outcome = (await run.describe()).memo?.outcome;
    expect(outcome).toMatchObject({ kind: 'rolled-back-verified' });
  });

  it('fails without a rollback when a check before the first change fails', async () => {
    stage.world.onCheck = () => 'FAIL';
    const run = await stage.start(plan([phase('1a', { before: [step.check('backups')] })]));
    expect((await failureOf(run.result())).type).toBe('failed');
    expect(stage.world.effects).toEqual([]);
  });
});
