import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approval, phase, plan, span, step, windowSpec } from '../support/stage/plans.js';
import { failureOf, openStage, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

describe('a migration', () => {
  it('of a plan that nobody approved ends in production before anything begins, however it was started', async () => {
    const document = { status: 'ready', owner: 'lead', updated: '2025-09-10', approval: { role: 'lead' } } as const;
    const pending = { ...plan([phase('1a')]), document };
    const run = await stage.start(pending, 'dana', { ...stage.environment, kind: 'production' });
    expect(await failureOf(run.result())).toMatchObject({
      type: 'failed',
      message: 'failed: PG117 the plan is not approved: a lead must approve it before it starts in production',
    });
    expect(stage.world.story()).toEqual([]);
  });

  it('runs its phases in order, each step once, and completes', async () => {
    const run = await stage.start(
      plan([
        phase('1a', {
          before: [step.check('backups')],
          steps: [step.flag('core'), step.deployTo('core'), step.watch('window'), step.traffic('ramp', 'FLAG_CORE')],
          success: windowSpec(),
          successChecks: [step.check('events')],
          approval: approval(),
          soak: windowSpec(),
        }),
        phase('1b', { after: ['1a'], steps: [step.flag('tools', { percent: 100 }), step.deployTo('tools')] }),
      ])
    );
    const gate = await stage.gate('1a');
    expect(gate).toMatchObject({ address: '1a/approval#1', people: ['erin', 'lee'], answers: ['approve', 'reject'] });
    // Who has answered is asked no more.
    await stage.until('the request', () => stage.world.notes.length > 0);
    expect(await stage.tell('1a', 'approve', { by: 'erin', digest: gate.digest })).toMatchObject({ repeated: false });

    const status = await run.result();
    expect(status.outcome?.kind).toBe('completed');
    expect(status.phases.map((one) => [one.state, one.reason])).toEqual([
      ['completed', 'all steps passed; approved by erin'],
      ['completed', 'all steps passed'],
    ]);
    expect(stage.world.story()).toEqual([
      'apply flag/FLAG_CORE 5%',
      'apply deploy/core v2',
      'apply flag/FLAG_CORE 50%',
      'apply flag/FLAG_CORE 100%',
      'apply flag/FLAG_TOOLS 100%',
      'apply deploy/tools v2',
    ]);
    expect((await stage.phase('1a')).steps.map((one) => one.address)).toEqual([
      '1a/backups#1',
      '1a/core#1',
      '1a/deploy-core#1',
      '1a/window#1',
      '1a/ramp#1',
      '1a/success#1',
      '1a/events#1',
      '1a/approval#1',
      '1a/soak#1',
    ]);
    expect(stage.world.notes.map((note) => note.kind)).toEqual(['approval', 'ended']);
  });

  it('takes a failed phase back, exposure first, and keeps the phases before it', async () => {
    stage.world.onWindow = (input) => (input.origin.address === '1b/window#1' ? 'FAIL' : 'PASS');
    const tools = [step.flag('enable', { key: 'FLAG_TOOLS' }), step.deployTo('tools'), step.watch('window')];
    const run = await stage.start(
      plan([
        phase('1a'),
        phase('1b', { after: ['1a'], steps: [...tools, step.traffic('ramp', 'FLAG_TOOLS')] }),
        phase('1c', { after: ['1b'] }),
      ])
    );
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('rolled-back-verified');
    expect(failure.message).toBe('rolled-back-verified: 1b/window#1 failed: window says FAIL; completed and kept: 1a');
    expect(stage.world.story('undo')).toEqual(['undo flag/FLAG_TOOLS off', 'undo deploy/tools v1']);
    expect(stage.world.changed()).toEqual(['flag/FLAG_1AFLAG']);
    expect(await stage.outcome(run)).toMatchObject({ kind: 'rolled-back-verified' });
    expect((await stage.status()).phases.map((one) => one.state)).toEqual(['completed', 'rolled back', 'pending']);
  });

  it('fails without a rollback when a check before the first change fails', async () => {
    stage.world.onCheck = () => 'FAIL';
    const run = await stage.start(plan([phase('1a', { before: [step.check('backups'), step.check('health')] })]));
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('failed');
    expect(failure.message).toMatch(/^failed: 1a\/(backups|health)#1 failed: check says FAIL$/);
    expect(stage.world.effects).toEqual([]);
  });

  it('runs the checks before a phase side by side, and its stability checks before them', async () => {
    const stable = {
      type: 'stable' as const,
      phases: ['1a'],
      window: windowSpec(),
    };
    const run = await stage.start(
      plan([
        phase('1a'),
        phase('1b', { after: ['1a'], before: [step.check('ready'), step.check('stable', { check: stable })] }),
      ])
    );
    const { phases } = await run.result();
    const told = await stage.phase('1b');
    expect(told.steps.slice(0, 2).map((one) => one.address)).toEqual(['1b/stable#1', '1b/ready#1']);
    // The window began when 1a was done, not when somebody looked.
    expect(stage.world.windows[0]?.t0).toBeLessThanOrEqual(phases[0]?.endedAt ?? 0);
    expect(stage.world.windows[0]?.t0).toBeGreaterThanOrEqual(phases[0]?.startedAt ?? Infinity);
  });

  it('judges the latest stretch when the phases before were done a while ago', async () => {
    const stable = { type: 'stable' as const, phases: ['1a'], window: windowSpec({ length: span(200) }) };
    const run = await stage.start(
      plan([
        phase('1a', { approval: approval() }),
        phase('1b', { after: ['1a'], before: [step.check('stable', { check: stable })] }),
      ])
    );
    await stage.gate('1a');
    await stage.tell(run, 'pause', 'dana');
    await stage.tell('1a', 'approve', 'erin');
    const done = await stage.until('the end of 1a', async () => (await stage.status()).phases[0]?.endedAt);
    const resumedAt = await stage.until('longer than the stretch', () => Date.now() > done + 500 && Date.now());
    await stage.tell(run, 'resume', 'dana');
    await run.result();
    expect(stage.world.windows[0]?.t0).toBeGreaterThanOrEqual(resumedAt - 200);
    expect(stage.world.windows[0]).toMatchObject({ ownBase: true });
    expect(stage.world.windows[0]?.changedAt).toBeUndefined();
  });

  it('ends before it takes a lock when a stranger started it, however that was done', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval() })]), 'ecastillo');
    expect((await failureOf(run.result())).message).toMatch(
      /^failed: PG204 ecastillo is not one of this environment's people .*--as NAME$/
    );
    const { events } = await run.fetchHistory();
    expect(events?.filter((event) => event.activityTaskScheduledEventAttributes)).toMatchObject([
      { activityTaskScheduledEventAttributes: { activityType: { name: 'notify' } } },
    ]);
  });

  it('waits for the days of a phase, and a cancel ends that wait', async () => {
    const run = await stage.start(plan([phase('1a', { schedule: { week: 1, days: [3, 4] } })]));
    const waiting = await stage.until('the days', async () => {
      const status = await stage.phase('1a');
      return status.opensAt !== undefined && status;
    });
    expect(waiting.sentence).toMatch(/^Waits until \w{3} \d{4}-\d\d-\d\d 00:00 \(UTC\) for week 1, days 3-4\./);
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
    expect(await stage.outcome(run)).toMatchObject({ kind: 'failed' });
    expect(stage.world.effects).toEqual([]);
  });
});
