import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approval, phase, plan, step } from '../support/stage/plans.js';
import { failureOf, openStage, refusalOf, type Stage } from '../support/stage/stage.js';
import { door, type Finding } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

function paused(id: string): Promise<unknown> {
  return stage.until(`${id} to be paused`, async () => (await stage.phase(id)).state === 'paused');
}

describe('a pause', () => {
  it.each([
    ['update', 'the phase'],
    ['signal', 'the phase'],
    ['update', 'the run'],
    ['signal', 'the run'],
  ])('by %s to %s lets the running window finish and stops before the next step', async (how, to) => {
    const window = door();
    stage.world.onWindow = async (): Promise<Finding> => {
      await window.wait();
      return 'PASS';
    };
    const run = await stage.start(
      plan([phase('1a', { steps: [step.flag('core'), step.watch('window'), step.deployTo('core')] })])
    );
    await window.reached;
    const handle = to === 'the run' ? run : stage.phaseHandle('1a');
    const message = { by: 'dana', reason: 'network team' };
    await (how === 'update' ? stage.tell(handle, 'pause', message) : handle.signal('pause', message));
    const running = await stage.until('the pause', async () => {
      const status = await stage.phase('1a');
      return status.paused && status;
    });
    expect(running).toMatchObject({ state: 'running', paused: { by: 'dana', reason: 'network team' } });
    expect(running.sentence).toBe(
      'Running: Watch window. Paused by dana (network team): nothing new begins until somebody sends resume. Next: Deploy core.'
    );
    window.open();
    await paused('1a');
    expect(stage.world.story()).toEqual(['apply flag/FLAG_CORE 5%']);
    await (how === 'update' ? stage.tell(handle, 'resume', 'erin') : handle.signal('resume', 'erin'));
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('of the run carries to the phase after the one under way', async () => {
    const run = await stage.start(
      plan([phase('1a', { approval: approval() }), phase('1b', { after: ['1a'] }), phase('1c', { after: ['1b'] })])
    );
    await stage.gate('1a');
    await stage.tell(run, 'pause', { by: 'dana' });
    // The approval was asked for already: its clock goes on, and so does its answer.
    await stage.tell('1a', 'approve', 'erin');
    const between = await stage.until('the run to be paused', async () => {
      const status = await stage.status();
      return status.state === 'paused' && status.phases[0]?.state === 'completed' && status;
    });
    expect(between.phases.map((one) => one.state)).toEqual(['completed', 'pending', 'pending']);
    expect(between.sentence).toMatch(/^Paused by dana: nothing new begins until somebody sends resume\. Before 1b/);
    await stage.tell(run, 'resume', 'lee');
    expect((await run.result()).phases.map((one) => one.state)).toEqual(['completed', 'completed', 'completed']);
  });

  it('of the run that is taken back at once never holds the phase: what is handed on keeps its order', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval() })]));
    await stage.gate('1a');
    for (let time = 0; time < 10; time++) {
      await run.signal('pause', { by: 'dana', id: `pause ${time}` });
      await run.signal('resume', { by: 'dana', id: `resume ${time}` });
    }
    await stage.tell('1a', 'approve', 'erin');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('that comes while a phase is being started reaches it', async () => {
    const capture = door();
    stage.world.onCapture = () => capture.wait();
    const run = await stage.start(plan([phase('1a')]));
    await run.signal('pause', { by: 'dana' });
    await stage.until('the pause', async () => {
      const status = await stage.status();
      return status.paused && (status.phases[0]?.state === 'pending' || (await stage.phase('1a')).paused !== undefined);
    });
    capture.open();
    await run.signal('resume', { by: 'dana' });
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('stops between the shares of a traffic step, and a retry of a HOLD waits for it', async () => {
    const held = door();
    stage.world.onWindow = async (input): Promise<Finding> => {
      if (input.untilRecovered) return new Promise(() => undefined);
      if (stage.world.windows.length === 1) {
        await held.wait();
        return 'HOLD';
      }
      return 'PASS';
    };
    const run = await stage.start(plan([phase('1a', { steps: [step.traffic('ramp', 'FLAG_CORE')] })]));
    await held.reached;
    await stage.tell('1a', 'pause', 'dana');
    held.open();
    await stage.gate('1a');
    await stage.tell('1a', 'retry', 'dana');
    await paused('1a');
    expect((await stage.phase('1a')).steps).toHaveLength(1);
    await stage.tell('1a', 'resume', 'dana');
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it.each(['the phase', 'the run'])('during a rollback is refused by %s, since it would change nothing', async (to) => {
    const undo = door();
    stage.world.onUndo = () => undo.wait();
    const run = await stage.start(plan([phase('1a', { approval: approval() })]));
    await stage.gate('1a');
    await stage.tell('1a', 'reject', { by: 'erin', reason: 'no' });
    await stage.until('the run to know', async () => (await stage.status()).state === 'rolling back');
    expect(await refusalOf(stage.tell(to === 'the run' ? run : '1a', 'pause', 'dana'))).toEqual({
      code: 'PG215',
      reason: 'it is being rolled back, and no rollback is ever paused',
    });
    expect((await stage.phase('1a')).paused).toBeUndefined();
    undo.open();
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
  });

  it('repeated, or a resume of what is not paused, is harmless', async () => {
    await stage.start(plan([phase('1a', { approval: approval() })]));
    await stage.gate('1a');
    expect(await stage.tell('1a', 'resume', 'dana')).toEqual({
      message: 'it is not paused, so it goes on as before',
      repeated: true,
    });
    await stage.tell('1a', 'pause', { by: 'dana' });
    expect(await stage.tell('1a', 'pause', { by: 'erin' })).toEqual({
      message: expect.stringMatching(/^it is paused already, since [\d-]+ [\d:]+Z by dana$/) as string,
      repeated: true,
    });
    expect((await stage.phase('1a')).paused?.by).toBe('dana');
  });

  it('delivered twice with one id does not pause again what was resumed', async () => {
    await stage.start(plan([phase('1a', { approval: approval() })]));
    await stage.gate('1a');
    const pause = { by: 'dana', id: 'pause-1' };
    await stage.tell('1a', 'pause', pause);
    await stage.tell('1a', 'resume', 'dana');
    expect(await stage.tell('1a', 'pause', pause)).toMatchObject({ repeated: true });
    expect((await stage.phase('1a')).paused).toBeUndefined();
  });

  it('stops no rollback', async () => {
    stage.world.onWindow = (input) => (input.origin.address.startsWith('1a/') ? 'HOLD' : 'PASS');
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core'), step.watch('window')] })]));
    await stage.gate('1a');
    await stage.tell(run, 'pause', 'dana');
    await stage.tell(run, 'rollback', { by: 'dana', reason: 'enough' });
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.changed()).toEqual([]);
  });
});
