import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { phase, plan, span, step, windowSpec } from '../support/stage/plans.js';
import { failureOf, openStage, refusalOf, type Stage } from '../support/stage/stage.js';
import { door } from '../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const watched = phase('1a', { steps: [step.flag('core'), step.watch('window')] });
const shortHold = { deadline: span(300), then: 'rollback' as const };
const never = (): Promise<never> => new Promise(() => undefined);

describe('a window that cannot be judged', () => {
  /** The first window is blind; while it is, the data stays away. */
  function blindAtFirst(): void {
    let first = true;
    stage.world.onWindow = (input) => {
      if (input.untilRecovered) return never();
      const finding = first ? 'HOLD' : 'PASS';
      first = false;
      return finding;
    };
  }

  it('is a HOLD that says why, who decides, until when, and what comes then', async () => {
    blindAtFirst();
    await stage.start(plan([watched]));
    const gate = await stage.gate('1a');
    expect(gate).toMatchObject({
      address: '1a/window#1',
      kind: 'hold',
      reason: 'window says HOLD',
      people: ['dana', 'carlos'],
      answers: ['retry', 'rollback', 'waive'],
      then: 'roll back 1a',
    });
    expect((await stage.phase('1a')).sentence).toMatch(
      /^On hold at 1a\/window#1: window says HOLD\. Waits for dana or carlos to retry, rollback or waive, until .*Z, then roll back 1a\.$/
    );
    await stage.until('the note', () => stage.world.notes.find((note) => note.kind === 'hold'));
  });

  it('goes on as a new attempt after retry', async () => {
    blindAtFirst();
    const run = await stage.start(plan([watched]));
    await stage.gate('1a');
    await stage.tell('1a', 'retry', { by: 'dana' });
    await run.result();
    expect((await stage.phase('1a')).steps.slice(1).map((one) => [one.address, one.state, one.reason])).toEqual([
      ['1a/window#1', 'failed', 'window says HOLD; dana asked for another attempt'],
      ['1a/window#2', 'passed', 'window says PASS'],
    ]);
  });

  it('passes by a waiver of somebody who may, and of nobody else', async () => {
    blindAtFirst();
    const run = await stage.start(plan([watched]));
    await stage.gate('1a');
    expect(await refusalOf(stage.tell('1a', 'waive', { by: 'erin', reason: 'looks fine' }))).toMatchObject({
      code: 'PG204',
    });
    await stage.tell('1a', 'waive', { by: 'carlos', reason: 'the source is being replaced' });
    const { phases } = await run.result();
    expect(phases[0]?.reason).toBe('all steps passed; 1a/window#1 waived by carlos');
    expect((await stage.phase('1a')).waivers).toMatchObject([
      { address: '1a/window#1', by: 'carlos', reason: 'the source is being replaced' },
    ]);
    expect((await stage.phase('1a')).steps.at(-1)).toMatchObject({ state: 'waived', verdict: 'HOLD' });
  });

  it('is rolled back when somebody says so', async () => {
    blindAtFirst();
    const run = await stage.start(plan([watched]));
    await stage.gate('1a');
    await stage.tell('1a', 'rollback', { by: 'erin', reason: 'not worth the risk' });
    const failure = await failureOf(run.result());
    expect(failure.message).toBe('rolled-back-verified: erin asked for it: not worth the risk');
    expect(stage.world.changed()).toEqual([]);
  });

  it('is rolled back when nobody decides by the deadline', async () => {
    blindAtFirst();
    const run = await stage.start(plan([watched], { hold: shortHold }));
    const failure = await failureOf(run.result());
    expect(failure.message).toBe(
      'rolled-back-verified: 1a/window#1 was on hold (window says HOLD) and nobody decided by the deadline'
    );
    expect(stage.world.changed()).toEqual([]);
  });

  it('goes on by itself, from where it was, when the data comes back', async () => {
    const back = door();
    stage.world.onWindow = async (input) => {
      if (input.untilRecovered) {
        await back.wait();
        return undefined;
      }
      return input.resume ? 'PASS' : 'HOLD';
    };
    const run = await stage.start(plan([watched]));
    await stage.gate('1a');
    await back.reached;
    back.open();
    expect((await run.result()).outcome?.kind).toBe('completed');
    const [first, waiting, resumed] = stage.world.windows;
    expect(waiting).toMatchObject({ t0: first?.t0, untilRecovered: true, resume: { verdict: 'HOLD' } });
    expect(resumed).toMatchObject({ t0: first?.t0, origin: { address: '1a/window#1' } });
    expect(resumed?.resume?.hold).toBeUndefined();
    const { steps } = await stage.phase('1a');
    expect(steps.map((one) => one.address)).toEqual(['1a/core#1', '1a/window#1']);
    // The time held is not lost: the deadline that people see moves with it.
    const { t0 = 0, deadlineAt } = steps[1]?.window ?? {};
    expect(deadlineAt).toBe(t0 + windowSpec().deadline.ms + 5000);
  });

  it('fails at once when what comes back is bad, without waiting for a person', async () => {
    stage.world.onWindow = (input) => {
      if (input.origin.address.startsWith('rollback/')) return 'PASS';
      return input.untilRecovered ? 'FAIL' : 'HOLD';
    };
    const run = await stage.start(plan([watched]));
    const failure = await failureOf(run.result());
    expect(failure.message).toBe('rolled-back-verified: 1a/window#1 failed: window says FAIL');
  });

  it('waits for people only when no data could end it', async () => {
    stage.world.onWindow = () => ({ verdict: 'HOLD', cause: 'deadline' });
    const run = await stage.start(plan([watched]));
    await stage.gate('1a');
    expect(stage.world.windows).toHaveLength(1);
    await stage.tell('1a', 'waive', { by: 'carlos', reason: 'fine' });
    await run.result();
  });

  it('may go blind again after it recovered', async () => {
    let calls = 0;
    stage.world.onWindow = (input) => {
      calls += 1;
      if (input.untilRecovered) return calls < 4 ? undefined : never();
      return 'HOLD';
    };
    const run = await stage.start(plan([watched]));
    const gate = await stage.until('the second HOLD', async () => {
      if (calls < 4) return undefined;
      return (await stage.phase('1a')).gates[0];
    });
    expect(gate).toMatchObject({ address: '1a/window#1', reason: 'window says HOLD; it was on hold for 5 s before' });
    // What it was on hold before is not given twice.
    expect(gate.deadlineAt - gate.openedAt).toBe(60_000 - 5000);
    const asked = (): number => stage.world.notes.filter((note) => note.kind === 'hold').length;
    await stage.until('both requests', () => asked() === 2);
    await stage.tell('1a', 'waive', { by: 'carlos', reason: 'fine' });
    await run.result();
    expect(asked()).toBe(2);
  });

  it('is not held for longer than the plan allows, however often its data comes and goes', async () => {
    // Each HOLD takes 5 s: when the nineteenth one opens, no time is left for the data to come back.
    stage.world.onWindow = ({ origin, untilRecovered, resume }) => {
      if (origin.address.startsWith('rollback/')) return 'PASS';
      if (!untilRecovered) return 'HOLD';
      return resume?.heldMs === 90_000 ? never() : undefined;
    };
    const run = await stage.start(plan([watched], { hold: { deadline: span(90_000), then: 'rollback' } }));
    expect((await failureOf(run.result())).message).toBe(
      'rolled-back-verified: 1a/window#1 was on hold (window says HOLD; it was on hold for 90 s before) and nobody decided by the deadline'
    );
    expect(stage.world.changed()).toEqual([]);
  });

  it('holds a traffic step in the middle of its shares', async () => {
    blindAtFirst();
    const ramp = step.traffic('ramp', 'FLAG_CORE', { percents: [25, 50, 100] });
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core'), ramp] })]));
    await stage.gate('1a', '1a/ramp#1');
    expect(stage.world.story()).toEqual(['apply flag/FLAG_CORE 5%', 'apply flag/FLAG_CORE 25%']);
    await stage.tell('1a', 'rollback', { by: 'dana', reason: 'no data' });
    await failureOf(run.result());
    expect(stage.world.story('undo')).toEqual(['undo flag/FLAG_CORE off']);
  });

  it('goes on with a traffic step at the share that held, and takes none of it back', async () => {
    let blind = true;
    stage.world.onWindow = (input) => {
      if (input.untilRecovered) return never();
      const { percent } = stage.world.state('flag/FLAG_CORE') as { percent: number };
      return blind && percent === 50 ? 'HOLD' : 'PASS';
    };
    const ramp = step.traffic('ramp', 'FLAG_CORE', { percents: [25, 50, 100] });
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core'), ramp] })]));
    await stage.gate('1a', '1a/ramp#1');
    blind = false;
    await stage.tell('1a', 'retry', 'dana');
    await run.result();
    expect(stage.world.story('apply')).toEqual([
      'apply flag/FLAG_CORE 5%',
      'apply flag/FLAG_CORE 25%',
      'apply flag/FLAG_CORE 50%',
      'apply flag/FLAG_CORE 50%',
      'apply flag/FLAG_CORE 100%',
    ]);
    // Of each share: the change, its read-back and its window.
    const attempts = (await stage.phase('1a')).steps.filter((record) => record.id === 'ramp');
    expect(attempts.map(({ evidence }) => new Set(evidence?.map(({ digest }) => digest)).size)).toEqual([6, 6]);
  });
});

describe('a step that could not be judged', () => {
  const refusing = (): never => {
    throw ApplicationFailure.nonRetryable('the token was revoked', 'PG303');
  };
  const failing = (): never => {
    throw ApplicationFailure.nonRetryable('no route to the target', 'PG307');
  };

  it.each([
    ['a check', () => (stage.world.onCheck = failing), [step.check('smoke')], '1a/smoke#1'],
    ['an apply', () => (stage.world.onApply = failing), [step.flag('core')], '1a/core#1'],
    ['a capture', () => (stage.world.onCapture = failing), [step.flag('core')], '1a/core#1'],
    ['a read-back', () => (stage.world.onVerify = failing), [step.deployTo('core')], '1a/deploy-core#1'],
    ['a window', () => (stage.world.onWindow = failing), [step.watch('window')], '1a/window#1'],
  ])('because %s never came to a result is a HOLD', async (_what, script, steps, address) => {
    script();
    await stage.start(plan([phase('1a', { steps })]));
    const gate = await stage.gate('1a');
    expect(gate).toMatchObject({ address, kind: 'hold', reason: 'PG307 no route to the target' });
  });

  it.each([
    ['an apply that nobody knows to have run', () => (stage.world.onApply = () => 'HOLD' as const), 'apply says HOLD'],
    [
      'a read-back that found something else',
      () => (stage.world.onVerify = () => 'HOLD' as const),
      'read back says HOLD',
    ],
  ])('because of %s is a HOLD; the ledger has the entry', async (_what, script, reason) => {
    script();
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core')] })]));
    expect(await stage.gate('1a')).toMatchObject({ reason });
    expect((await stage.phase('1a')).ledger.map((entry) => entry.id)).toEqual(['1a/core#1']);
    await stage.tell('1a', 'rollback', { by: 'dana', reason: 'go back' });
    await failureOf(run.result());
    expect(stage.world.story('undo')).toEqual(['undo flag/FLAG_CORE off']);
  });

  it('because its target was away for a moment is tried again by itself', async () => {
    let tries = 0;
    stage.world.onCheck = () => {
      tries += 1;
      if (tries < 3) throw new Error('connection refused');
      return 'PASS';
    };
    const run = await stage.start(plan([phase('1a', { steps: [step.check('smoke')] })]));
    expect((await run.result()).outcome?.kind).toBe('completed');
    expect(tries).toBe(3);
  });

  it.each([
    ['a capture', () => (stage.world.onCapture = refusing)],
    ['a read-back', () => (stage.world.onVerify = refusing)],
  ])(
    'because %s was refused is a HOLD: a reading that is refused says nothing about its target',
    async (_what, script) => {
      script();
      await stage.start(plan([phase('1a', { steps: [step.flag('core')] })]));
      expect(await stage.gate('1a')).toMatchObject({ kind: 'hold', reason: 'PG303 the token was revoked' });
    }
  );

  it('because its target said no is a failure', async () => {
    stage.world.onApply = () => {
      throw ApplicationFailure.nonRetryable('the deployment exited with 1', 'PG304');
    };
    const run = await stage.start(plan([phase('1a', { steps: [step.deployTo('core')] })]));
    expect((await failureOf(run.result())).message).toBe(
      'rolled-back-verified: 1a/deploy-core#1 failed: PG304 the deployment exited with 1'
    );
  });
});

describe('a failed step', () => {
  it('with on-fail hold waits for people and keeps its verdict', async () => {
    stage.world.onCheck = () => 'FAIL';
    const run = await stage.start(plan([phase('1a', { steps: [step.check('smoke', { onFail: 'hold' })] })]));
    await stage.gate('1a', '1a/smoke#1');
    expect((await stage.phase('1a')).steps[0]).toMatchObject({ state: 'on hold', verdict: 'FAIL' });
    await stage.tell('1a', 'waive', { by: 'carlos', reason: 'known flake' });
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('behind a change that cannot be undone is a HOLD that people end, whatever the plan says', async () => {
    stage.world.onCheck = () => 'FAIL';
    const steps = [
      step.flag('core'),
      step.deployTo('core', { cannotUndo: 'the schema moves on' }),
      step.check('smoke'),
    ];
    const run = await stage.start(plan([phase('1a', { steps })], { hold: shortHold }));
    const first = await stage.gate('1a', '1a/smoke#1');
    expect(first).toMatchObject({ then: 'ask again' });
    const asked = (): number => stage.world.notes.filter((note) => note.kind === 'hold').length;
    await stage.until('them to be asked again', () => asked() > 1);
    await stage.until(
      'a later deadline',
      async () => (await stage.gate('1a', '1a/smoke#1')).deadlineAt > (first.deadlineAt ?? Infinity)
    );
    expect(stage.world.story('undo')).toEqual([]);
    await stage.tell('1a', 'rollback', { by: 'dana', reason: 'no' });
    await stage.until('the question', async () => (await stage.rollback('1a')).gates[0]);
    await stage.tell(stage.rollbackHandle('1a'), 'takeover', { by: 'lee', entry: '1a/deploy-core#1', reason: 'safe' });
    const failure = await failureOf(run.result());
    expect(failure.type).toBe('rolled-back-not-verified');
    expect(failure.message).toContain('1a/deploy-core#1 cannot be undone: the schema moves on');
    expect(stage.world.story('undo')).toEqual(['undo flag/FLAG_CORE off']);
  });
});

describe('a baseline', () => {
  const relative = {
    metric: 'success',
    unit: 'ratio' as const,
    text: 'within 20% of baseline',
    baseline: { side: 'within' as const, ratio: 0.2 },
    onBreach: 'restart' as const,
    increase: false,
  };

  it('that is missing is a HOLD before any change', async () => {
    stage.world.missingBaseline = ['success'];
    const run = await stage.start(plan([phase('1a', { success: windowSpec({ criteria: [relative] }) })]));
    const gate = await stage.gate('1a', '1a/baseline#1');
    expect(gate.reason).toBe('no baseline for success: no data');
    // There is nothing to roll back yet.
    expect(gate.then).toBe('end the run');
    expect(stage.world.effects).toEqual([]);
    stage.world.missingBaseline = [];
    await stage.tell('1a', 'retry', 'dana');
    await run.result();
    expect(stage.world.windows[0]?.baseline?.values).toEqual({ success: 1 });
    expect(stage.world.windows[0]?.changedAt).toBeLessThanOrEqual(stage.world.windows[0]?.t0 ?? 0);
  });

  it('is captured for a metric check among the steps too', async () => {
    const check = step.check('as-before', { check: { type: 'metric', criterion: relative } });
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core'), check] })]));
    await run.result();
    expect(stage.world.checks).toMatchObject([
      { baseline: { values: { success: 1 } }, environment: { metrics: { bindings: { success: {} } } } },
    ]);
  });
});

describe('a checklist item', () => {
  const asking = (change = {}): ReturnType<typeof phase> => phase('1a', { before: [step.attest('online', change)] });

  it('that nobody answers in time is a HOLD', async () => {
    await stage.start(plan([asking({ expires: span(200) })]));
    const hold = await stage.until('the HOLD', async () =>
      (await stage.phase('1a')).gates.find((gate) => gate.kind === 'hold')
    );
    expect(hold).toMatchObject({ address: '1a/online#1', reason: 'dana, erin or lee did not answer within 200ms' });
  });

  it('that failed ends the phase before any change', async () => {
    const run = await stage.start(plan([asking()]));
    await stage.gate('1a');
    await stage.tell('1a', 'attest', { by: 'erin', item: 'online', answer: 'failed', reason: 'two are missing' });
    const failure = await failureOf(run.result());
    expect(failure.message).toBe('failed: 1a/online#1 failed: erin: failed · two are missing');
  });

  it('that failed among the steps rolls the phase back', async () => {
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core'), step.attest('real-user')] })]));
    await stage.gate('1a');
    await stage.tell('1a', 'attest', { by: 'erin', item: 'real-user', answer: 'failed', reason: 'login broken' });
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.changed()).toEqual([]);
  });

  it.each([
    ['not-applicable where the plan does not allow it', {}, { answer: 'not-applicable', reason: 'no' }, 'PG211'],
    ['not-applicable without a reason', { notApplicable: true }, { answer: 'not applicable' }, 'PG212'],
    ['failed without a reason', {}, { answer: 'failed' }, 'PG212'],
    ['done without the evidence that is required', { evidence: 'required' }, { answer: 'done' }, 'PG212'],
    ['something else', {}, { answer: 'maybe' }, 'PG207'],
    ['somebody of another role', {}, { by: 'carlos', answer: 'done' }, 'PG204'],
    ['an item that is not there', {}, { item: 'offline', answer: 'done' }, 'PG208'],
  ])('refuses %s', async (_what, change, answer, code) => {
    await stage.start(plan([asking(change)]));
    await stage.gate('1a');
    const message = { by: 'erin', item: '1a/online', ...answer };
    expect(await refusalOf(stage.tell('1a', 'attest', message))).toMatchObject({ code });
  });

  it('is recorded with who answered and on what evidence', async () => {
    const run = await stage.start(plan([asking({ evidence: 'required' })]));
    await stage.gate('1a');
    await stage.tell('1a', 'attest', { by: 'lee', item: 'ONLINE', answer: 'Done', evidence: 'all on the call' });
    await run.result();
    expect((await stage.phase('1a')).steps[0]).toMatchObject({
      state: 'passed',
      answer: { by: 'lee', answer: 'done', evidence: 'all on the call' },
      reason: 'lee: done · all on the call',
    });
  });

  it('that does not apply passes with its reason where the plan allows it', async () => {
    const run = await stage.start(plan([asking({ notApplicable: true })]));
    await stage.gate('1a');
    await stage.tell('1a', 'attest', { by: 'lee', item: 'online', answer: 'not_applicable', reason: 'solo' });
    expect((await run.result()).outcome?.kind).toBe('completed');
  });
});
