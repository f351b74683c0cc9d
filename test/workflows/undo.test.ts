import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RollbackResult } from '../../src/plan/run-status.js';
import { phase, plan, span, step, windowSpec } from '../support/stage/plans.js';
import { failureOf, openStage, refusalOf, type Run, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const steps = [
  step.flag('core', { key: 'FLAG_CORE' }),
  step.deployTo('core'),
  step.deployTo('tools'),
  step.traffic('ramp', 'FLAG_CORE', { percents: [25, 50] }),
];

/** A run whose last check fails after every change was made. */
async function failing(change: Parameters<typeof plan>[1] = {}): Promise<Run> {
  stage.world.onCheck = (input) => (input.origin.address.startsWith('rollback/') ? 'PASS' : 'FAIL');
  return stage.start(plan([phase('1a', { steps: [...steps, step.check('smoke')] })], change));
}

async function holders(): Promise<string[]> {
  return Object.keys(await stage.lockHolders());
}

describe('a rollback', () => {
  it('judges red metrics once the source has looked again, whatever could not be read before', async () => {
    stage.world.missingBaseline = ['success'];
    const run = await failing();
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    const [undone] = (await stage.rollback('1a')).undos
      .map((undo) => undo.endedAt ?? Infinity)
      .toSorted((a, b) => b - a);
    const window = stage.world.windows.find(({ origin }) => origin.address === 'rollback/metrics#1');
    expect(window).toMatchObject({ ownBase: true });
    expect(window?.baseline).toBeUndefined();
    const { every } = windowSpec();
    expect(window?.changedAt).toBeGreaterThanOrEqual((undone ?? Infinity) + every.ms);
    expect(window?.t0).toBeGreaterThanOrEqual((window?.changedAt ?? Infinity) + every.ms);
  });

  it('reads the metrics of its checks, after the red ones and not from before the undo', async () => {
    const [criterion] = windowSpec().criteria;
    if (!criterion) throw new Error('a window has a criterion');
    const checks = [step.check('quiet', { check: { type: 'metric', criterion } }), step.check('health')];
    const run = await failing({ rollback: { metrics: ['success'], window: windowSpec(), checks } });
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    const told = await stage.rollback('1a');
    expect(told.checks.map((check) => check.id)).toEqual(['health', 'metrics', 'quiet']);
    const asked = stage.world.checks.find(({ origin }) => origin.address === 'rollback/quiet#1');
    expect(asked).toMatchObject({ environment: { metrics: { bindings: { success: { promql: 'success' } } } } });
    expect(asked?.changedAt).toBeGreaterThanOrEqual(told.startedAt);
  });

  it('undoes exposure first, then the rest in reverse, each target once and to its oldest state', async () => {
    const run = await failing();
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.story('undo')).toEqual([
      'undo flag/FLAG_CORE off',
      'undo deploy/tools v1',
      'undo deploy/core v1',
    ]);
    const told = await stage.rollback('1a');
    expect(told.undos.map((undo) => [undo.entryId, undo.covers, undo.state])).toEqual([
      ['1a/core#1', ['1a/ramp@50#1', '1a/ramp@25#1'], 'done'],
      ['1a/deploy-tools#1', [], 'done'],
      ['1a/deploy-core#1', [], 'done'],
    ]);
    expect(told.sentence).toBe('Rolled back, verified.');
    expect(await holders()).toEqual([]);
  });

  it('tells people only after what makes production safe was tried', async () => {
    let noted = Infinity;
    const notes = stage.world.notes;
    stage.world.onUndo = () => {
      noted = Math.min(noted, notes.filter((note) => note.kind === 'rollback').length);
    };
    const run = await failing();
    await failureOf(run.result());
    expect(noted).toBe(0);
    await stage.until('the note', () => notes.find((note) => note.kind === 'rollback'));
  });

  it('whose undo fails goes on with the others, pages somebody, and ends only when none is open', async () => {
    let mended = false;
    stage.world.onUndo = (entry) => {
      if (entry.id === '1a/core#1' && !mended) throw ApplicationFailure.nonRetryable('flag system is away', 'PG317');
    };
    const run = await failing();
    const gate = await stage.until('the failing undo', async () => (await stage.rollback('1a')).gates[0]);
    expect(gate).toMatchObject({ address: '1a/core#1', answers: ['retry', 'takeover'], then: 'try again' });
    expect(gate.reason).toBe('the undo keeps failing: PG317 flag system is away');
    await stage.until('the others', () => stage.world.story('undo').length === 2);
    expect(stage.world.story('undo')).toEqual(['undo deploy/tools v1', 'undo deploy/core v1']);
    await stage.until('the page', () => stage.world.notes.find((note) => note.kind === 'undo-failed'));
    const told = await stage.rollback('1a');
    expect(told).toMatchObject({ state: 'on hold' });
    expect(told.sentence).toMatch(/^On hold at 1a\/core#1: the undo keeps failing.*to retry or takeover/);
    expect(await refusalOf(stage.tell(stage.rollbackHandle('1a'), 'retry', { by: 'ola' }))).toMatchObject({
      code: 'PG204',
    });
    expect(
      await refusalOf(stage.tell(stage.rollbackHandle('1a'), 'retry', { by: 'erin', gate: '1a/x#1' }))
    ).toMatchObject({
      code: 'PG209',
    });

    mended = true;
    await stage.tell(stage.rollbackHandle('1a'), 'retry', { by: 'erin' });
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(
      stage.world.effects.filter((one) => one.act === 'undo').map((one) => one.key.replace(/^.*\/1a/, '1a'))
    ).toEqual(['1a/deploy-tools#1/undo#1', '1a/deploy-core#1/undo#1', '1a/core#1/undo#2']);
  });

  it('taken over by hand is recorded and NOT verified, and the locks stay', async () => {
    stage.world.onUndo = (entry) => {
      if (entry.id === '1a/deploy-core#1') throw ApplicationFailure.nonRetryable('exit 1', 'PG317');
    };
    const run = await failing();
    await stage.until('the failing undo', async () => (await stage.rollback('1a')).gates[0]);
    const takeover = { by: 'lee', entry: '1A/DEPLOY-CORE#1', reason: 'put v1 back by hand' };
    await stage.rollbackHandle('1a').signal('takeover', takeover);
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('rolled-back-not-verified');
    expect(failure.message).toContain('not verified: 1a/deploy-core#1 was undone by hand and not read back');
    expect((await stage.rollback('1a')).undos[2]).toMatchObject({
      state: 'taken over',
      by: 'lee',
      reason: 'lee: put v1 back by hand',
    });
    expect(await holders()).toContain('deploy/core');
  });

  it('asks a person about what cannot be undone, leaves what lies behind it, and frees the way for a later one', async () => {
    stage.world.onCheck = (input) => (input.origin.address.startsWith('rollback/') ? 'PASS' : 'FAIL');
    const run = await stage.start(
      plan([
        phase('1a', { steps: [step.deployTo('core'), step.deployTo('tools')] }),
        phase('1b', {
          after: ['1a'],
          steps: [
            step.flag('x'),
            step.deployTo('core', { revision: 'v3', cannotUndo: 'the schema moves on' }),
            step.check('smoke'),
          ],
        }),
      ])
    );
    await stage.gate('1b', '1b/smoke#1');
    await stage.tell(run, 'rollback', { by: 'dana', reason: 'enough' });
    const gate = await stage.until('the question', async () => (await stage.rollback('1b')).gates[0]);
    expect(gate).toMatchObject({
      address: '1b/deploy-core#1',
      reason: 'it cannot be undone: the schema moves on',
      answers: ['takeover'],
      then: 'ask again',
    });
    expect(await refusalOf(stage.tell(stage.rollbackHandle('1b'), 'retry', { by: 'lee' }))).toMatchObject({
      code: 'PG203',
    });
    const accept = { by: 'lee', reason: 'v3 is safe with the old flags' };
    expect(await stage.tell(stage.rollbackHandle('1b'), 'takeover', { ...accept, entry: '1b/deploy-core' })).toEqual({
      message: 'lee accepts 1b/deploy-core#1 as it is',
      repeated: false,
    });
    // 1a had deployed the same target: v1 must not come back under a schema that has moved on.
    const behind = await stage.until('the other', async () => (await stage.rollback('all')).gates[0]);
    expect(behind.reason).toBe('it cannot be undone: behind 1b/deploy-core#1: the schema moves on');
    await stage.tell(stage.rollbackHandle('all'), 'takeover', { ...accept, entry: behind.address });

    const failure = await failureOf(run.result());
    expect(failure.type).toBe('rolled-back-not-verified');
    expect(failure.message).toContain('1b/deploy-core#1 cannot be undone: the schema moves on; lee accepts it: v3 is');
    expect(stage.world.changed()).toEqual(['deploy/core']);
    expect(stage.world.state('deploy/core')).toMatchObject({ revision: 'v3' });
    for (const name of ['1b', 'all']) {
      const { undos } = await stage.rollback(name);
      expect(undos.at(-1)).toMatchObject({ state: 'accepted', by: 'lee' });
      const { undone } = (await stage.rollbackHandle(name).result()) as RollbackResult;
      expect(undone).toContain(undos.at(-1)?.entryId);
    }
    expect(await holders()).toContain('deploy/core');
  });

  it('with two failing undos asks which one is meant', async () => {
    stage.world.onUndo = (entry) => {
      if (entry.change.type === 'deploy') throw ApplicationFailure.nonRetryable('exit 1', 'PG317');
    };
    await failing();
    await stage.until('both', async () => (await stage.rollback('1a')).gates.length === 2);
    expect(await refusalOf(stage.tell(stage.rollbackHandle('1a'), 'retry', { by: 'erin' }))).toEqual({
      code: 'PG209',
      reason: 'several gates are open, say which one: 1a/deploy-tools#1, 1a/deploy-core#1',
    });
    await stage.rollbackHandle('1a').signal('takeover', { nonsense: true });
    const refusal = await stage.until('the refusal', async () => (await stage.rollback('1a')).refusals[0]);
    expect(refusal.reason).toMatch(/Send for example/);
  });

  it('tries an undo again by itself when its target was away for a moment', async () => {
    let tries = 0;
    stage.world.onUndo = () => {
      tries += 1;
      if (tries === 1) throw new Error('connection refused');
    };
    const run = await failing();
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.notes.map((note) => note.kind)).not.toContain('undo-failed');
  });
});

describe('the verification of a rollback', () => {
  const health = step.check('health');
  const rollback = {
    metrics: ['success'],
    window: windowSpec({ length: span(200), every: span(20), deadline: span(400) }),
    checks: [health],
  };

  it('checks health, then that the metrics are back, counted from the undo', async () => {
    const run = await failing({ rollback });
    await failureOf(run.result());
    expect(stage.world.checks.at(-1)?.origin.address).toBe('rollback/health#1');
    const window = stage.world.windows.at(-1);
    expect(window?.origin.address).toBe('rollback/metrics#1');
    expect(window).toMatchObject({ ownBase: true });
    expect((await stage.rollback('1a')).checks.map((check) => check.state)).toEqual(['passed', 'passed']);
  });

  it.each([
    ['health fails', 'FAIL', 'PASS', 'check says FAIL'],
    ['health cannot be looked at', 'HOLD', 'PASS', 'check says HOLD'],
    ['the metrics are bad', 'PASS', 'FAIL', 'window says FAIL'],
  ] as const)('fails when %s: the locks stay', async (_what, check, window, reason) => {
    stage.world.onWindow = (input) => (input.origin.address.startsWith('rollback/') ? window : 'PASS');
    const run = await failing({ rollback });
    stage.world.onCheck = (input) => (input.origin.address.startsWith('rollback/') ? check : 'FAIL');
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('rolled-back-not-verified');
    expect(failure.message).toContain(`; not verified: `);
    expect(failure.message).toContain(reason);
    expect(await holders()).toContain('flag/FLAG_CORE');
    expect(stage.world.changed()).toEqual([]);
  });

  it('waits for metrics that are away until its deadline; then it is NOT verified', async () => {
    stage.world.onWindow = (input) => {
      if (!input.origin.address.startsWith('rollback/')) return 'PASS';
      return input.untilRecovered ? new Promise(() => undefined) : 'HOLD';
    };
    const run = await failing({ rollback });
    expect((await failureOf(run.result())).message).toContain('not verified: window says HOLD');
  });

  it('goes on when the metrics come back before the deadline', async () => {
    stage.world.onWindow = (input) => {
      if (!input.origin.address.startsWith('rollback/')) return 'PASS';
      if (input.untilRecovered) return undefined;
      return input.resume ? 'PASS' : 'HOLD';
    };
    const run = await failing({ rollback: { ...rollback, window: windowSpec({ deadline: span(60_000) }) } });
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
  });

  it('is never given without a metric that says whether all is well', async () => {
    const run = await failing({ rollback: { metrics: [], window: windowSpec({ criteria: [] }), checks: [] } });
    expect((await failureOf(run.result())).message).toContain(
      'not verified: the plan names no metric that says whether all is well'
    );
  });
});
