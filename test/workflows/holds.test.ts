import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import type { Gate } from '../../src/plan/run-status.js';
import { approval, phase, plan, span, step, windowSpec } from '../support/stage/plans.js';
import { openStage, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const watching = (hold = span(60_000)): ReturnType<typeof plan> =>
  plan([phase('1a', { steps: [step.flag('core'), step.watch('window')] })], {
    hold: { deadline: hold, then: 'rollback' },
  });

/** A window that cannot be judged, and whose data does not come back. */
function blind(): void {
  stage.world.onWindow = (input, signal) => {
    if (input.untilRecovered)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    return input.origin.address === '1a/window#1' ? 'HOLD' : 'PASS';
  };
}

function openHold(): Promise<Gate> {
  return stage.until('the hold', async () => (await stage.phase('1a')).gates.find((gate) => gate.kind === 'hold'));
}

async function ends(run: WorkflowHandle, type: string): Promise<void> {
  await expect(run.result()).rejects.toMatchObject({ cause: { type } });
}

describe('a window that cannot be judged puts the phase on hold', () => {
  beforeEach(blind);

  it('and says why, who decides, until when and what happens then', async () => {
    await stage.start(watching());
    const gate = await openHold();
    expect(gate).toMatchObject({
      address: '1a/window#1',
      people: ['dana', 'carlos'],
      answers: ['retry', 'rollback', 'waive'],
      then: 'roll back',
    });
    const status = await stage.phase('1a');
    expect(status.state).toBe('on hold');
    expect(status.sentence).toMatch(
      /^On hold at 1a\/window#1: window says HOLD\. Waits for dana or carlos to retry, rollback or waive, until .*, then roll back\.$/
    );
    expect(stage.world.notes.map((note) => note.kind)).toContain('hold');
  });

  it('where retry makes a second attempt that may pass', async () => {
    const run = await stage.start(watching());
    await openHold();
    await stage.tell('1a', 'retry', { by: 'lee' });
    await run.result();
    const attempts = (await stage.phase('1a')).steps.filter((one) => one.id === 'window');
    expect(attempts.map((one) => [one.address, one.state])).toEqual([
      ['1a/window#1', 'failed'],
      ['1a/window#2', 'passed'],
    ]);
  });

  it('which a person with the authority may waive, and that never looks like a pass', async () => {
    const run = await stage.start(watching());
    await openHold();
    await expect(stage.tell('1a', 'waive', { by: 'erin', reason: 'it is fine' })).rejects.toMatchObject({
      cause: { type: 'PG204' },
    });
    await stage.tell('1a', 'waive', { by: 'carlos', reason: 'the metrics system is being replaced' });
    await run.result();
    const status = await stage.phase('1a');
    expect(status.steps.find((one) => one.id === 'window')).toMatchObject({ state: 'waived', verdict: 'HOLD' });
    expect(status.waivers).toMatchObject([
      { address: '1a/window#1', by: 'carlos', reason: 'the metrics system is being replaced' },
    ]);
  });

  it('which a person may end with a rollback', async () => {
    const run = await stage.start(watching());
    await openHold();
    await stage.tell('1a', 'rollback', { by: 'erin', reason: 'not worth the risk' });
    await ends(run, 'rolled-back-verified');
    expect(stage.world.changed()).toEqual([]);
  });

  it('and is rolled back at the deadline when nobody decides', async () => {
    const run = await stage.start(watching(span(300)));
    await ends(run, 'rolled-back-verified');
    expect(stage.world.changed()).toEqual([]);
  });
});

describe('data that comes back', () => {
  it('lets the same window go on without a person', async () => {
    let back: (() => void) | undefined;
    stage.world.onWindow = (input) => {
      if (input.untilRecovered) {
        return new Promise((resolve) => {
          back = () => resolve(undefined);
        });
      }
      return input.origin.address === '1a/window#1' && !input.resume ? 'HOLD' : 'PASS';
    };
    const run = await stage.start(watching());
    await openHold();
    await stage.until('the watcher', () => Promise.resolve(back));
    back?.();
    await run.result();
    const status = await stage.phase('1a');
    expect(status.steps.filter((one) => one.id === 'window')).toMatchObject([
      { address: '1a/window#1', state: 'passed' },
    ]);
    expect(status.gates).toEqual([]);
    const modes = stage.world.windows
      .filter((one) => one.origin.address === '1a/window#1')
      .map((one) => [one.untilRecovered ?? false, one.resume !== undefined]);
    expect(modes).toEqual([
      [false, false],
      [true, true],
      [false, true],
    ]);
  });
});

describe('what else holds', () => {
  it('a step that says on-fail: hold asks instead of rolling back', async () => {
    stage.world.onCheck = () => 'FAIL';
    await stage.start(plan([phase('1a', { steps: [step.flag('core'), step.check('smoke', { onFail: 'hold' })] })]));
    expect(await openHold()).toMatchObject({ address: '1a/smoke#1', reason: 'check says FAIL' });
  });

  it('a missing baseline, before anything is changed', async () => {
    stage.world.missingBaseline = ['success'];
    const criteria = windowSpec().criteria.map((one) => ({ ...one, increase: true }));
    await stage.start(plan([phase('1a', { success: windowSpec({ criteria }) })]));
    expect(await openHold()).toMatchObject({ address: '1a/baseline#1', reason: 'no baseline for success: no data' });
    expect(stage.world.effects).toEqual([]);
  });

  it('an attestation that nobody answers', async () => {
    await stage.start(plan([phase('1a', { before: [step.attest('team', { expires: span(200) })] })]));
    expect(await openHold()).toMatchObject({
      address: '1a/team#1',
      reason: 'dana, erin or lee did not answer within 200ms',
    });
  });

  it.each([
    ['rollback' as const, 'rolled-back-verified'],
    ['hold' as const, undefined],
  ])('an approval that expires with on-expiry: %s', async (onExpiry, type) => {
    const run = await stage.start(plan([phase('1a', { approval: approval({ expires: span(200), onExpiry }) })]));
    if (type) await ends(run, type);
    else expect(await openHold()).toMatchObject({ address: '1a/approval#1' });
  });

  it('a failure behind a change that cannot be undone: people choose', async () => {
    stage.world.onCheck = () => 'FAIL';
    const drop = step.deploy('core', { cannotUndo: 'the old table is gone' });
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core'), drop, step.check('smoke')] })]));
    await openHold();
    await stage.tell('1a', 'rollback', { by: 'carlos', reason: 'take back what can be' });
    await ends(run, 'rolled-back-not-verified');
    expect(stage.world.changed()).toEqual(['deploy/core']);
  });
});

describe('a pause', () => {
  const paused = (): ReturnType<typeof plan> =>
    plan([
      phase('1a', { steps: [step.flag('core'), step.watch('window'), step.deploy('core')] }),
      phase('1b', { after: ['1a'], steps: [step.flag('tools')] }),
    ]);

  it('lets a running window finish and stops before the next step, until somebody resumes', async () => {
    let finish: (() => void) | undefined;
    stage.world.onWindow = (input) =>
      input.origin.address === '1a/window#1'
        ? new Promise((resolve) => {
            finish = () => resolve('PASS');
          })
        : 'PASS';
    const run = await stage.start(paused());
    await stage.until('the window', () => Promise.resolve(finish));
    await run.executeUpdate('pause', { args: [{ by: 'dana', reason: 'lunch' }] });
    finish?.();
    await stage.until('the pause', async () => (await stage.phase('1a')).state === 'paused');
    expect((await stage.phase('1a')).sentence).toBe(
      'Paused by dana (lunch): nothing new begins until somebody sends resume. Next: Deploy core.'
    );
    expect(stage.world.effects.map((one) => one.target)).toEqual(['flag/FLAG_CORE']);
    await run.executeUpdate('resume', { args: [{ by: 'erin' }] });
    await run.result();
  });

  it('stops a rollback on its way never', async () => {
    stage.world.onWindow = (input) => (input.origin.address === '1a/window#1' ? 'FAIL' : 'PASS');
    stage.world.onUndo = async () => {
      await stage.handleOf(stage.id).signal('pause', { by: 'dana' });
    };
    const run = await stage.start(paused());
    await ends(run, 'rolled-back-verified');
  });
});
