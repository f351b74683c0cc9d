import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approval, phase, plan, step } from '../support/stage/plans.js';
import { resetBefore, scheduled } from '../support/stage/reset.js';
import { failureOf, openStage, type Run, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const changes = [step.flag('core'), step.deployTo('core')];

async function waiting(): Promise<Run> {
  const run = await stage.start(plan([phase('1a', { steps: changes, approval: approval() })]));
  await stage.gate('1a', '1a/approval#1');
  return run;
}

const hold = {
  kind: 'hold',
  reason: expect.stringContaining('PG214 this run was reset') as string,
};

describe('a reset phase', () => {
  it('does not apply again what it forgot: HOLD before the next action, retry goes on', async () => {
    const run = await waiting();
    await resetBefore(stage.client, stage.phaseHandle('1a'), scheduled('captureChange', 2));
    const gate = await stage.gate('1a', '1a/deploy-core#1');
    expect(gate).toMatchObject(hold);
    expect(gate.reason).toContain('it forgot 1a/deploy-core#1 (core → v2), which a rollback takes back too');
    expect(stage.world.story()).toEqual(['apply flag/FLAG_CORE 5%', 'apply deploy/core v2']);

    await stage.tell('1a', 'retry', 'dana');
    await stage.gate('1a', '1a/approval#1');
    expect((await stage.phase('1a')).ledger.map((entry) => entry.id)).toEqual([
      '1a/core#1',
      '1a/deploy-core#1',
      '1a/deploy-core#2',
    ]);
    await stage.tell('1a', 'reject', { by: 'erin', reason: 'no' });
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    // The forgotten capture knows what was there before; the later one saw what the forgotten apply had left.
    expect(stage.world.changed()).toEqual([]);
  });

  it('before its first action holds as well, and asks only once', async () => {
    const run = await waiting();
    await resetBefore(stage.client, stage.phaseHandle('1a'), scheduled('captureChange', 1));
    expect(await stage.gate('1a', '1a/core#1')).toMatchObject(hold);
    await stage.tell('1a', 'retry', 'dana');
    await stage.gate('1a', '1a/approval#1');
    await stage.tell('1a', 'approve', 'erin');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('after its last action goes on without asking', async () => {
    const run = await waiting();
    await resetBefore(stage.client, stage.phaseHandle('1a'), scheduled('recordEvidence'));
    await stage.gate('1a', '1a/approval#1');
    await stage.tell('1a', 'approve', 'erin');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it.each(['rollback', 'cancel'])('hears a %s of the run all the same', async (how) => {
    const run = await waiting();
    await resetBefore(stage.client, stage.phaseHandle('1a'), scheduled('recordEvidence'));
    await stage.gate('1a', '1a/approval#1');
    if (how === 'cancel') await run.cancel();
    else await stage.tell(run, 'rollback', { by: 'dana', reason: 'enough' });
    await run.result().catch(() => undefined);
    expect(await stage.outcome(run)).toMatchObject({ kind: 'rolled-back-verified' });
    expect(stage.world.changed()).toEqual([]);
  });

  it('that fails before it acts again takes back what it forgot', async () => {
    stage.world.onCheck = () => (stage.world.effects.length === 0 ? 'PASS' : 'FAIL');
    const run = await stage.start(
      plan([phase('1a', { before: [step.check('ready')], steps: changes, approval: approval() })])
    );
    await stage.gate('1a', '1a/approval#1');
    await resetBefore(stage.client, stage.phaseHandle('1a'), scheduled('runCheck'));
    const failure = await failureOf(run.result());
    expect(failure.message).toBe('rolled-back-verified: 1a/ready#1 failed: check says FAIL');
    expect(stage.world.changed()).toEqual([]);
  });
});

describe('a phase that was reset twice', () => {
  it('takes back what each of its executions did, each target to its oldest state', async () => {
    const ramp = step.traffic('ramp', 'FLAG_CORE', { percents: [25] });
    const run = await stage.start(plan([phase('1a', { steps: [...changes, ramp], approval: approval() })]));
    await stage.gate('1a', '1a/approval#1');
    // The first execution has done all; the second one deploys again, and is forgotten as well.
    await resetBefore(stage.client, stage.phaseHandle('1a'), scheduled('captureChange', 2));
    await stage.gate('1a', '1a/deploy-core#1');
    stage.world.onVerify = () => 'HOLD';
    await stage.tell('1a', 'retry', 'dana');
    await stage.gate('1a', '1a/deploy-core#2');
    await resetBefore(stage.client, stage.phaseHandle('1a'), scheduled('captureChange', 2));
    const gate = await stage.gate('1a', '1a/deploy-core#2');
    expect(gate).toMatchObject(hold);
    expect(gate.reason).toContain('it forgot 1a/deploy-core#2 (core → v2), which');
    await stage.tell('1a', 'rollback', { by: 'dana', reason: 'enough' });
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.story('undo')).toEqual(['undo flag/FLAG_CORE off', 'undo deploy/core v1']);
    expect(stage.world.changed()).toEqual([]);
  });
});

describe('a reset migration', () => {
  /** A pause that the run handed on to its phase. */
  const handedOn: Parameters<typeof resetBefore>[2] = (event) =>
    Boolean(event.signalExternalWorkflowExecutionInitiatedEventAttributes);

  const incomplete = /^PG214 this run was reset, so its ledger cannot be trusted/;

  it('after a phase completed starts nothing, ends as incomplete and keeps its locks', async () => {
    const run = await stage.start(
      plan([phase('1a', { steps: changes }), phase('1b', { after: ['1a'], approval: approval() })])
    );
    await stage.gate('1b');
    const before = stage.world.story().length;
    await resetBefore(stage.client, run, (event) => {
      const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
      return child?.workflowId?.endsWith('/1b') === true;
    });
    const again = stage.handleOf(run.workflowId);
    expect((await failureOf(again.result())).type).toBe('rolled-back-not-verified');
    expect((await stage.outcome(again))?.reason).toMatch(incomplete);
    expect(stage.world.story('apply')).toHaveLength(before);
    expect(Object.keys(await stage.lockHolders())).toContain('flag/FLAG_CORE');
  });

  it('before its locks does not even ask for them', async () => {
    const run = await waiting();
    await resetBefore(stage.client, run, scheduled('acquireLocks'));
    const again = stage.handleOf(run.workflowId);
    await failureOf(again.result());
    expect((await stage.outcome(again))?.reason).toMatch(incomplete);
  });

  it('that forgot the phase under way asks it to undo itself', async () => {
    const run = await waiting();
    await resetBefore(stage.client, run, (event) => Boolean(event.childWorkflowExecutionStartedEventAttributes));
    const again = stage.handleOf(run.workflowId);
    await failureOf(again.result());
    expect((await stage.outcome(again))?.reason).toMatch(incomplete);
    await failureOf(stage.phaseHandle('1a').result());
    expect(stage.world.changed()).toEqual([]);
  });

  it('that remembers the phase under way hears how it ended, and then does nothing more', async () => {
    const run = await stage.start(
      plan([phase('1a', { steps: changes, approval: approval() }), phase('1b', { after: ['1a'] })])
    );
    await stage.gate('1a', '1a/approval#1');
    await stage.tell(run, 'pause', 'dana');
    await stage.tell(run, 'resume', 'dana');
    await resetBefore(stage.client, run, handedOn);
    const again = stage.handleOf(run.workflowId);
    await stage.tell('1a', 'approve', 'erin');
    await failureOf(again.result());
    expect((await stage.outcome(again))?.reason).toMatch(incomplete);
    expect((await stage.status()).phases.map((one) => one.state)).toEqual(['completed', 'pending']);
  });

  it('that forgot how a phase ended hears it from the server, and stops the one after it', async () => {
    const run = await stage.start(
      plan([
        phase('1a', { steps: changes, approval: approval() }),
        phase('1b', { after: ['1a'], approval: approval() }),
      ])
    );
    await stage.gate('1a', '1a/approval#1');
    await stage.tell(run, 'pause', 'dana');
    await stage.tell(run, 'resume', 'dana');
    await stage.tell('1a', 'approve', 'erin');
    await stage.gate('1b');
    await resetBefore(stage.client, run, handedOn);
    await failureOf(stage.handleOf(run.workflowId).result());
    await failureOf(stage.phaseHandle('1b').result());
    expect(stage.world.changed()).toEqual(['flag/FLAG_CORE', 'deploy/core']);
    expect((await stage.phaseHandle('1a').describe()).status.name).toBe('COMPLETED');
  });
});
