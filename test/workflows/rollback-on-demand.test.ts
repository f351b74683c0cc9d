import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approval, phase, plan, step } from '../support/stage/plans.js';
import { failureOf, openStage, refusalOf, type Run, type Stage } from '../support/stage/stage.js';
import { door, type Finding } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const because = { by: 'dana', reason: 'customers report errors' };
const asked = 'dana asked for it: customers report errors';

/** Two phases; the second one waits for its approval. */
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

const newestFirst = [
  'undo flag/FLAG_TOOLS off',
  'undo deploy/tools v1',
  'undo flag/FLAG_CORE off',
  'undo deploy/core v1',
];

describe('a rollback on demand', () => {
  it.each(['update', 'signal'])('by %s to the run takes back everything, newest phase first', async (how) => {
    const run = await inSecondPhase();
    if (how === 'signal') await run.signal('rollback', because);
    else {
      expect(await stage.tell(run, 'rollback', because)).toEqual({
        message: 'rolling back everything, newest phase first',
        repeated: false,
      });
    }
    const failure = await failureOf(run.result());
    expect(failure.message).toBe(`rolled-back-verified: ${asked}`);
    expect(stage.world.story('undo')).toEqual(newestFirst);
    expect(stage.world.changed()).toEqual([]);
    const status = await stage.status();
    expect(status.phases.map((one) => one.state)).toEqual(['rolled back', 'rolled back']);
    expect(status.rollbacks).toEqual([`${run.workflowId}/rollback/1b`, `${run.workflowId}/rollback/all`]);
  });

  it('to the phase without naming it takes back everything as well', async () => {
    const run = await inSecondPhase();
    await stage.tell('1b', 'rollback', because);
    await failureOf(run.result());
    expect(stage.world.story('undo')).toEqual(newestFirst);
  });

  it.each(['the run', 'the phase'])('of one phase, sent to %s, keeps the phases before it', async (to) => {
    const run = await inSecondPhase();
    await stage.tell(to === 'the run' ? run : '1b', 'rollback', { ...because, phase: '1B' });
    const failure = await failureOf(run.result());
    expect(failure.message).toBe(`rolled-back-verified: ${asked}; completed and kept: 1a`);
    expect(stage.world.changed()).toEqual(['flag/FLAG_CORE', 'deploy/core']);
  });

  it('of a phase that is not under way is refused', async () => {
    const run = await inSecondPhase();
    expect(await refusalOf(stage.tell(run, 'rollback', { ...because, phase: '1a' }))).toEqual({
      code: 'PG209',
      reason: '1b is under way: only that one can be taken back alone; leave the phase out to take back everything',
    });
    expect(await refusalOf(stage.tell(run, 'rollback', 'dana'))).toMatchObject({ code: 'PG207' });
  });

  it('in the middle of a window does not wait for the window', async () => {
    const window = door();
    stage.world.onWindow = async (input): Promise<Finding> => {
      if (input.origin.address.startsWith('rollback/')) return 'PASS';
      await window.wait();
      return 'PASS';
    };
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core'), step.watch('window')] })]));
    await window.reached;
    await stage.tell(run, 'rollback', because);
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect((await stage.phase('1a')).steps.at(-1)).toMatchObject({ state: 'failed', reason: `stopped: ${asked}` });
  });

  it('during an apply waits for it and then undoes it', async () => {
    const apply = door();
    stage.world.onApply = () => apply.wait();
    const run = await stage.start(plan([phase('1a', { steps: [step.deployTo('core')] })]));
    await apply.reached;
    await stage.tell(run, 'rollback', because);
    await stage.until('the phase to be stopped', async () => (await stage.phase('1a')).steps[0]?.state === 'running');
    expect(stage.world.story()).toEqual([]);
    apply.open();
    await failureOf(run.result());
    expect(stage.world.story()).toEqual(['apply deploy/core v2', 'undo deploy/core v1']);
  });

  it('before any change ends the run as failed', async () => {
    const run = await stage.start(plan([phase('1a', { before: [step.attest('online')] })]));
    await stage.gate('1a');
    await stage.tell(run, 'rollback', because);
    const failure = await failureOf(run.result());
    expect(failure.message).toBe(`failed: ${asked}`);
    expect(stage.world.effects).toEqual([]);
  });

  it('between two phases takes back the ones that completed', async () => {
    const run = await stage.start(
      plan([phase('1a', { steps: [step.flag('core')], approval: approval() }), phase('1b', { after: ['1a'] })])
    );
    await stage.gate('1a');
    await stage.tell(run, 'pause', 'dana');
    await stage.tell('1a', 'approve', 'erin');
    await stage.until('the pause between phases', async () => (await stage.status()).state === 'paused');
    expect(await stage.tell(run, 'rollback', because)).toMatchObject({ repeated: false });
    const failure = await failureOf(run.result());
    expect(failure.message).toBe(`rolled-back-verified: ${asked}`);
    expect(stage.world.story()).toEqual(['apply flag/FLAG_CORE 5%', 'undo flag/FLAG_CORE off']);
    expect((await stage.status()).phases.map((one) => one.state)).toEqual(['rolled back', 'pending']);
  });

  it('that arrives while the phase completes is not lost', async () => {
    for (const target of ['1a', undefined]) {
      const own = await openStage();
      const run = await own.start(
        plan([phase('1a', { steps: [step.flag('core')], approval: approval() }), phase('1b', { after: ['1a'] })])
      );
      await own.gate('1a');
      // Both are in the server's hands before the approval counts.
      const known = door();
      own.world.onIdentity = () => known.wait();
      await Promise.all([
        own.phaseHandle('1a').signal('approve', 'erin'),
        run.signal('rollback', { ...because, ...(target === undefined ? {} : { phase: target }) }),
      ]);
      known.open();
      const failure = await failureOf(run.result());
      expect(failure.message).toContain(asked);
      expect(own.world.changed()).toEqual([]);
      await own.close();
    }
  });

  it('while a rollback runs is harmless, and widens it when it asks for more', async () => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await inSecondPhase();
    await stage.tell('1b', 'reject', { by: 'erin', reason: 'no' });
    await undo.reached;
    expect(await stage.tell(run, 'rollback', because)).toMatchObject({ repeated: false });
    expect(await stage.tell(run, 'rollback', because)).toMatchObject({ repeated: true });
    expect(await stage.tell(stage.rollbackHandle('1b'), 'rollback', because)).toMatchObject({ repeated: true });
    undo.open();
    const failure = await failureOf(run.result());
    expect(failure.message).toBe(
      `rolled-back-verified: 1b/approval#1 failed: rejected by erin: no; then everything: ${asked}`
    );
    expect(stage.world.story('undo')).toEqual(newestFirst);
  });

  it('to a run that has ended is refused', async () => {
    const run = await stage.start(plan([phase('1a')]));
    await run.result();
    await expect(stage.tell(run, 'rollback', because)).rejects.toThrow();
    expect(stage.world.story('undo')).toEqual([]);
  });
});
