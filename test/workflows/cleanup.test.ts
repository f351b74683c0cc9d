import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Cleanup } from '../../src/plan/model.js';
import type { PhaseStatus } from '../../src/plan/run-status.js';
import { cleanup, phase, plan, span, step, task } from '../support/stage/plans.js';
import { sendRaw } from '../support/stage/raw-signal.js';
import { door } from '../support/stage/world.js';
import { failureOf, openStage, refusalOf, type Run, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ compression: { scale: 1_000_000 } });
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

/** A run that has completed, with this to clean up. */
async function completed(left: Cleanup): Promise<Run> {
  const run = await stage.start(
    plan([phase('1a', { steps: [step.flag('core', { percent: 100 })] })], { cleanup: left })
  );
  expect((await run.result()).outcome?.kind).toBe('completed');
  return run;
}

function answer(item: string, by: string, more: object = {}): Promise<unknown> {
  return stage.tell(stage.cleanupHandle(), 'attest', { by, item, answer: 'done', ...more });
}

async function states(): Promise<string[]> {
  return (await stage.cleanup()).steps.map(({ address, state }) => `${address.replace('cleanup/', '')} ${state}`);
}

function until(what: string, holds: (status: PhaseStatus) => boolean): Promise<PhaseStatus> {
  return stage.until(what, async () => {
    const status = await stage.cleanup();
    return holds(status) && status;
  });
}

async function runIds(): Promise<string> {
  return (await stage.cleanupHandle().describe()).runId;
}

describe('the clean-up after a run', () => {
  it('begins when the run has completed, outlives it, and ends when every task is done', async () => {
    await completed(cleanup([task.plain('docs'), task.plain('legacy', { owner: 'cto' })]));
    const open = await until('both tasks', ({ gates }) => gates.length === 2);
    expect(open).toMatchObject({ phase: 'cleanup', state: 'waiting', title: 'Clean-up' });
    expect(open.gates.map(({ people }) => people)).toEqual([['dana', 'erin', 'lee'], ['carlos']]);
    await answer('cleanup/docs', 'erin', { evidence: 'https://docs.example/new' });
    await answer('legacy', 'carlos');
    const { status } = (await stage.cleanupHandle().result()) as { status: PhaseStatus };
    expect(status.state).toBe('completed');
    expect(status.sentence).toMatch(/^Clean-up: all 2 tasks done; recorded as sha256:/);
    expect(status.steps[0]).toMatchObject({
      state: 'passed',
      answer: { by: 'erin', identity: 'identity', evidence: 'https://docs.example/new' },
    });
    expect([...stage.world.evidence.values()]).toContainEqual(expect.objectContaining({ steps: status.steps }));
  });

  it('asks for KPIs, of which met and not met are both answers', async () => {
    await completed(cleanup([task.kpi('revenue'), task.kpi('tickets')]));
    await until('both', ({ gates }) => gates.length === 2);
    await answer('revenue', 'erin', { evidence: 'https://bi.example/revenue' });
    await answer('tickets', 'erin', { answer: 'failed', reason: '14 % more', evidence: 'https://desk.example' });
    const { status } = (await stage.cleanupHandle().result()) as { status: PhaseStatus };
    expect(status.steps.map(({ state, reason }) => `${state}: ${reason ?? ''}`)).toEqual([
      'passed: erin: met · https://bi.example/revenue',
      'passed: erin: not met · https://desk.example · 14 % more',
    ]);
  });

  it('does not begin when the run did not complete', async () => {
    stage.world.onApply = () => 'FAIL';
    const run = await stage.start(plan([phase('1a')], { cleanup: cleanup([task.plain('docs')]) }));
    await failureOf(run.result());
    await expect(stage.cleanupHandle().describe()).rejects.toThrow();
  });

  it('is ended by the next run of its plan', async () => {
    await completed(cleanup([task.plain('docs')]));
    await until('the task', ({ gates }) => gates.length === 1);
    const first = await runIds();
    await completed(cleanup([task.plain('docs')]));
    const old = await failureOf(stage.handleOf(stage.cleanupHandle().workflowId, first).result());
    expect(old.message).toMatch(/^Clean-up was cancelled: 1 of 1 task not done \(docs\); recorded as sha256:\w+\.$/);
    await until('the new one', ({ gates }) => gates.length === 1);
  });

  it.each(['done', 'cancelled'])('is recorded when it is %s, though the store was away for a while', async (ended) => {
    await completed(cleanup([task.plain('docs'), task.plain('legacy')]));
    await until('the tasks', ({ gates }) => gates.length === 2);
    let away = 0;
    stage.world.onRecord = () => {
      away += 1;
      if (away === 1) throw ApplicationFailure.nonRetryable('the store is away', 'PG310');
    };
    await answer('docs', 'erin');
    if (ended === 'done') await answer('legacy', 'erin');
    else await stage.cleanupHandle().cancel();
    await stage.until('the store', () => away >= 1);
    // Nobody is asked any more.
    expect(await refusalOf(answer('legacy', 'lee'))).toMatchObject({ code: 'PG208' });
    await stage
      .cleanupHandle()
      .result()
      .catch(() => undefined);
    const { sentence } = await stage.cleanup();
    expect(sentence).toMatch(/; recorded as sha256:\w+\.$/);
    const steps = [{ answer: { by: 'erin', identity: 'identity' } }, {}];
    expect([...stage.world.evidence.values()].at(-1)).toMatchObject({ ended, steps });
  });

  it('asks nobody before its days, and waits for them', async () => {
    const left = cleanup([task.plain('docs')]);
    const [soon] = left.groups;
    if (!soon) throw new Error('no group');
    // A million times faster, the first begins 1.8 s after the start, and the other a minute later: not in this test.
    soon.schedule = { unit: 'week', from: 4, to: 4 };
    left.groups.push({
      ...soon,
      id: 'later',
      schedule: { unit: 'week', from: 104, to: 104 },
      tasks: [task.plain('legacy')],
    });
    await completed(left);
    const { startedAt } = await stage.status();
    const { gates } = await until('the first of its days', (status) => status.gates.length === 1);
    expect(gates[0]?.openedAt).toBeGreaterThanOrEqual(startedAt + 1814);
    expect(await states()).toEqual(['docs#1 waiting', 'legacy#1 pending']);
    expect(await refusalOf(answer('legacy', 'erin'))).toMatchObject({ code: 'PG208' });
    await stage.cleanupHandle().cancel();
  });
});

describe('an owner', () => {
  it('is told once of all that begins, again after a while, and when it is overdue', async () => {
    const every = { remindEvery: span(1000), escalate: { after: span(4000), to: 'cto' } };
    await completed(cleanup([task.plain('docs'), task.plain('legacy')], every, span(4000)));
    const escalation = await stage.until('the escalation', () =>
      stage.world.notes.find(({ kind }) => kind === 'escalation')
    );
    const told = stage.world.notes.filter(({ title }) => title.includes('Clean-up'));
    const ways = told.map(({ kind, title }) => `${kind}: ${title.replace(/.*: /, '')}`);
    // However many reminders its time has room for: the first tells of both, the last ones that they are overdue.
    expect([...new Set(ways)]).toEqual([
      'attestation: 2 tasks to do',
      'reminder: 2 tasks to do',
      'reminder: 2 tasks to do, 2 overdue',
      'escalation: 2 tasks to do, 2 overdue',
    ]);
    expect(told.filter(({ kind }) => kind !== 'reminder')).toHaveLength(2);
    expect(told[0]).toMatchObject({ to: ['dana', 'erin', 'lee'] });
    expect(told[0]?.text).toContain('dana, erin or lee: cleanup/docs#1, cleanup/legacy#1');
    expect(escalation.to).toContain('carlos');
    await until('the stand-in', ({ gates }) => gates[0]?.people.includes('carlos') === true);
    await answer('docs', 'carlos');
  });

  it('is told in the end although nobody could be told at first', async () => {
    let broken = true;
    stage.world.onNotify = ({ title }) => {
      if (broken && title.includes('Clean-up')) throw new Error('no channel');
    };
    await completed(cleanup([task.plain('docs')], { remindEvery: span(7000) }));
    await until('the task', ({ gates }) => gates.length === 1);
    broken = false;
    await stage.until('a message', () => stage.world.notes.some(({ title }) => title.includes('Clean-up')));
  });

  it.each([
    ['by the wrong role', { by: 'carlos', item: 'docs' }, 'PG204'],
    ['of a stranger', { by: 'mallory', item: 'docs' }, 'PG204'],
    ['to an unknown task', { by: 'erin', item: 'doc' }, 'PG208'],
    ['with evidence of a forbidden scheme', { by: 'erin', item: 'docs', evidence: 'file:///etc/passwd' }, 'PG212'],
    [
      'not applicable where that is no answer',
      { by: 'erin', item: 'docs', answer: 'not-applicable', reason: 'x' },
      'PG211',
    ],
    ['that is malformed', { by: 'erin', item: 'docs', anwser: 'done' }, 'PG207'],
  ])('is refused an answer %s', async (_, message, code) => {
    await completed(cleanup([task.plain('docs')]));
    await until('the task', ({ gates }) => gates.length === 1);
    expect(await refusalOf(stage.tell(stage.cleanupHandle(), 'attest', { answer: 'done', ...message }))).toMatchObject({
      code,
    });
    expect(await states()).toEqual(['docs#1 waiting']);
  });

  it('who says the same twice has said it once', async () => {
    await completed(cleanup([task.plain('docs'), task.plain('legacy')]));
    await until('the tasks', ({ gates }) => gates.length === 2);
    await answer('docs', 'erin');
    expect(await answer('docs', 'erin')).toMatchObject({ repeated: true });
    expect(await refusalOf(answer('docs', 'lee'))).toMatchObject({ code: 'PG208' });
  });

  it('who could not do it leaves the task open', async () => {
    await completed(cleanup([task.plain('docs')]));
    await until('the task', ({ gates }) => gates.length === 1);
    await answer('docs', 'erin', { answer: 'failed', reason: 'the wiki is frozen' });
    await until('another attempt', ({ gates }) => gates[0]?.address === 'cleanup/docs#2');
    expect(await states()).toEqual(['docs#1 failed', 'docs#2 waiting']);
  });

  it('may signal what cannot be decoded, and what nobody handles: it is shown, and nothing is wedged', async () => {
    await completed(cleanup([task.plain('docs'), task.plain('legacy')]));
    await until('the tasks', ({ gates }) => gates.length === 2);
    await sendRaw(stage.client, stage.cleanupHandle(), 'attest', [{ encoding: 'json/protobuf', data: '{' }]);
    await stage.cleanupHandle().signal('approve', 'erin');
    await stage.cleanupHandle().signal('attest', { by: 'erin', item: 'docs', answer: 'done' });
    const status = await until('the answer', ({ steps }) => steps[0]?.state === 'passed');
    expect(status.refusals.map(({ message }) => message)).toEqual(['attest', 'approve']);
  });
});

describe('what comes while it continues as new', () => {
  it('silences nobody: others answer and are reminded while one identity cannot be established, for a day', async () => {
    await completed(cleanup([task.plain('docs'), task.plain('legacy')], { remindEvery: span(1500) }));
    await until('the tasks', ({ gates }) => gates.length === 2);
    const gate = door();
    stage.world.onIdentity = ({ statement }) => (statement.gate === 'cleanup/legacy#1' ? gate.wait() : undefined);
    await stage.cleanupHandle().signal('attest', { by: 'lee', item: 'legacy', answer: 'done' });
    await gate.reached;
    const reminders = (): number => stage.world.notes.filter(({ kind }) => kind === 'reminder').length;
    const before = reminders();
    await stage.until('three reminders', () => reminders() >= before + 3);
    const { events } = await stage.cleanupHandle().fetchHistory();
    const asked = events?.map((event) => event.activityTaskScheduledEventAttributes);
    const verification = asked?.find((one) => one?.activityType?.name === 'verifyIdentity');
    expect(Number(verification?.scheduleToCloseTimeout?.seconds)).toBe(24 * 60 * 60);
    await answer('docs', 'erin');
    gate.open();
    await until('the answer', ({ steps }) => steps.some(({ id, state }) => id === 'legacy' && state === 'passed'));
  });

  it('waits for it: an answer is not lost while it is found out who sent it', async () => {
    await completed(
      cleanup([task.plain('docs'), task.plain('legacy'), task.plain('training')], { remindEvery: span(1500) })
    );
    await until('the tasks', ({ gates }) => gates.length === 3);
    const gate = door();
    stage.world.onIdentity = ({ statement }) => (statement.gate === 'cleanup/legacy#1' ? gate.wait() : undefined);
    await stage.cleanupHandle().signal('attest', { by: 'lee', item: 'legacy', answer: 'done' });
    await gate.reached;
    await answer('docs', 'erin');
    await stage.until('the task after the next instant', async () => {
      const { events = [] } = await stage.cleanupHandle().fetchHistory();
      const fired = events?.findLastIndex((event) => event.timerFiredEventAttributes) ?? -1;
      return fired >= 0 && events?.slice(fired).some((event) => event.workflowTaskCompletedEventAttributes);
    });
    gate.open();
    await until('the answer', ({ steps }) => steps.some(({ id, state }) => id === 'legacy' && state === 'passed'));
  });

  it('is not lost: every answer of a crowd counts once, by update and by signal', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `task-${index}`);
    await completed(cleanup(ids.map((id) => task.plain(id))));
    await until('the tasks', ({ gates }) => gates.length === ids.length);
    const first = await runIds();
    // They are more than one execution takes.
    for (const [index, id] of ids.entries()) {
      if (index % 2 === 0) await stage.cleanupHandle().signal('attest', { by: 'erin', item: id, answer: 'done' });
      else await answer(id, 'lee');
    }
    const { status } = (await stage.cleanupHandle().result()) as { status: PhaseStatus };
    expect(status.steps.map(({ state }) => state)).toEqual(ids.map(() => 'passed'));
    expect(status.runId).not.toBe(first);
  });
});
