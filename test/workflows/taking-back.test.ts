import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CancelledFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import type { PhaseStatus } from '../../src/plan/run-status.js';
import { approval, phase, plan, span, step, windowSpec } from '../support/stage/plans.js';
import { openStage, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

/** Two phases; the second one waits in a window until it is stopped. */
const two = (): ReturnType<typeof plan> =>
  plan([
    phase('1a', { steps: [step.flag('core'), step.deploy('core')] }),
    phase('1b', { after: ['1a'], steps: [step.flag('tools'), step.deploy('tools'), step.watch('window')] }),
  ]);

function endlessWindow(): void {
  stage.world.onWindow = (input, signal) =>
    input.origin.address === '1b/window#1'
      ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
      : 'PASS';
}

async function inTheWindow(): Promise<WorkflowHandle> {
  endlessWindow();
  const run = await stage.start(two());
  await stage.until('the window', async () => (await stage.phase('1b')).steps.some((one) => one.id === 'window'));
  return run;
}

const undone = (): string[] => stage.world.effects.filter((one) => one.act === 'undo').map((one) => one.target);
const everything = ['flag/FLAG_TOOLS', 'deploy/tools', 'flag/FLAG_CORE', 'deploy/core'];

async function ended(workflowId: string): Promise<string> {
  const { status } = await stage.handleOf(workflowId).describe();
  return status.name;
}

async function outcomeOf(run: WorkflowHandle): Promise<unknown> {
  return (await run.describe()).memo?.outcome;
}

describe('a rollback that a person asks for', () => {
  it('takes back everything, newest phase first', async () => {
    const run = await inTheWindow();
    await run.executeUpdate('rollback', { args: [{ by: 'erin', reason: 'customers complain' }] });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    expect(undone()).toEqual(everything);
    expect(stage.world.changed()).toEqual([]);
    expect(await outcomeOf(run)).toMatchObject({
      kind: 'rolled-back-verified',
      reason: 'erin asked for it: customers complain',
    });
  });

  it('of the running phase alone keeps the phases before it', async () => {
    const run = await inTheWindow();
    await run.executeUpdate('rollback', { args: [{ by: 'erin', reason: 'only this one', phase: '1B' }] });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    expect(undone()).toEqual(['flag/FLAG_TOOLS', 'deploy/tools']);
  });

  it('of a phase that does not run is refused', async () => {
    const run = await inTheWindow();
    await expect(
      run.executeUpdate('rollback', { args: [{ by: 'erin', reason: 'x', phase: '1a' }] })
    ).rejects.toMatchObject({ cause: { type: 'PG209' } });
  });

  it('asked for twice happens once', async () => {
    const run = await inTheWindow();
    await run.signal('rollback', { by: 'erin', reason: 'one' });
    await run.signal('rollback', { by: 'lee', reason: 'two' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    expect(undone()).toEqual(everything);
  });

  it('in the middle of an apply waits for the apply, then undoes it', async () => {
    let applied: (() => void) | undefined;
    stage.world.onApply = (entry) =>
      entry.id === '1a/core#1' && entry.change.type === 'deploy'
        ? new Promise((resolve) => {
            applied = resolve;
          })
        : undefined;
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('flag'), step.deploy('core')] })]));
    await stage.until('the apply', () => Promise.resolve(applied));
    await run.executeUpdate('rollback', { args: [{ by: 'erin', reason: 'stop' }] });
    expect(undone()).toEqual([]);
    applied?.();
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    expect(stage.world.changed()).toEqual([]);
    expect(undone()).toEqual(['flag/FLAG_FLAG', 'deploy/core']);
  });

  it('while an approval is awaited needs no answer any more', async () => {
    const run = await stage.start(plan([phase('1a', { approval: approval() })]));
    await stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);
    await stage.tell('1a', 'rollback', { by: 'dana', reason: 'changed our minds' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    expect((await stage.phase('1a')).gates).toEqual([]);
  });
});

describe('a Temporal cancel', () => {
  it('of the run is a request to roll back everything; the run ends as cancelled and says how', async () => {
    const run = await inTheWindow();
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: expect.any(CancelledFailure) as unknown });
    expect(undone()).toEqual(everything);
    expect(await outcomeOf(run)).toMatchObject({
      kind: 'rolled-back-verified',
      reason: 'a Temporal cancel asked for it',
    });
  });

  it('of the phase takes back everything too', async () => {
    const run = await inTheWindow();
    await stage.handleOf(`${stage.id}/phase/1b`).cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    expect(undone()).toEqual(everything);
  });

  it('of a rollback changes nothing: it goes on to its end', async () => {
    const run = await inTheWindow();
    let cancelled = false;
    stage.world.onUndo = async () => {
      if (!cancelled) await stage.handleOf(`${stage.id}/rollback/1b`).cancel();
      cancelled = true;
    };
    await run.executeUpdate('rollback', { args: [{ by: 'erin', reason: 'stop' }] });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    expect(undone()).toEqual(everything);
  });
});

describe('a terminate', () => {
  it('of the run lets the phase under way undo itself; what was completed before waits for phasegate rollback', async () => {
    const run = await inTheWindow();
    await run.terminate('somebody pressed the button');
    await stage.until('the phase to end', async () => (await ended(`${stage.id}/phase/1b`)) === 'FAILED');
    expect(undone()).toEqual(['flag/FLAG_TOOLS', 'deploy/tools']);
    expect(await ended(`${stage.id}/rollback/1b`)).toBe('COMPLETED');
    const holders = await stage
      .handleOf(`locks/${stage.environment.id}`)
      .query<Record<string, { run: string }>>('holders');
    expect(Object.keys(holders)).toContain('flag/FLAG_CORE');
  });

  it('of the phase is found by the run, which reads what it changed from its history and takes it back', async () => {
    const run = await inTheWindow();
    await stage.handleOf(`${stage.id}/phase/1b`).terminate('somebody pressed the button');
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    expect(undone()).toEqual(['flag/FLAG_TOOLS', 'deploy/tools']);
  });
});

describe('an undo that fails', () => {
  it('is retried, then a person is paged while the others go on; taken over by hand it is not verified', async () => {
    stage.world.onUndo = (entry) => {
      if (entry.change.type === 'flag' && entry.phase === '1b') throw new Error('flag system says no');
    };
    const run = await inTheWindow();
    await run.executeUpdate('rollback', { args: [{ by: 'erin', reason: 'stop', phase: '1b' }] });
    const gate = await stage.until('the failing undo', async () => (await stage.rollback('1b')).gates[0]);
    expect(gate).toMatchObject({ address: '1b/tools#1', answers: ['retry', 'takeover'] });
    await stage.until('the other undo', () => Promise.resolve(undone().includes('deploy/tools')));
    expect(stage.world.notes.map((note) => note.kind)).toContain('undo-failed');
    const rollback = stage.handleOf(`${stage.id}/rollback/1b`);
    await expect(
      rollback.executeUpdate('takeover', { args: [{ by: 'erin', entry: '1b/nothing#1', reason: 'x' }] })
    ).rejects.toMatchObject({ cause: { type: 'PG209' } });
    await rollback.executeUpdate('takeover', {
      args: [{ by: 'erin', entry: '1b/tools#1', reason: 'switched off in the console' }],
    });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-not-verified' } });
  });

  it('and is mended goes on at once when a person says retry', async () => {
    let broken = true;
    stage.world.onUndo = (entry) => {
      if (broken && entry.change.type === 'deploy') throw new Error('deployer is down');
    };
    const run = await inTheWindow();
    await run.executeUpdate('rollback', { args: [{ by: 'erin', reason: 'stop', phase: '1b' }] });
    await stage.until('the failing undo', async () => (await stage.rollback('1b')).gates[0]);
    broken = false;
    await stage.handleOf(`${stage.id}/rollback/1b`).signal('retry', { by: 'erin' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
  });
});

describe('a rollback is verified', () => {
  it('only on metrics: without them it ends as NOT verified and keeps its locks', async () => {
    stage.world.onWindow = (input) => (input.origin.address.startsWith('rollback/') ? 'HOLD' : 'FAIL');
    const spec = { length: span(200), every: span(100), deadline: span(500) };
    const change = { rollback: { metrics: ['success'], window: windowSpec(spec), checks: [] } };
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core'), step.watch('window')] })], change));
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-not-verified' } });
    expect(stage.world.changed()).toEqual([]);
    const holders = await stage.handleOf(`locks/${stage.environment.id}`).query<Record<string, unknown>>('holders');
    expect(Object.keys(holders)).toContain('flag/FLAG_CORE');
  });

  it('with health checks, which say what is not well', async () => {
    stage.world.onWindow = (input) => (input.origin.address.startsWith('rollback/') ? 'PASS' : 'FAIL');
    stage.world.onCheck = () => 'FAIL';
    const change = { rollback: { metrics: ['success'], window: windowSpec(), checks: [step.check('health')] } };
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core'), step.watch('window')] })], change));
    await expect(run.result()).rejects.toMatchObject({
      cause: {
        type: 'rolled-back-not-verified',
        message: expect.stringContaining('Check health: check says FAIL') as unknown,
      },
    });
  });
});

describe('locks', () => {
  it('refuse a second plan that moves the same flag, naming the run that holds it, and are free after the end', async () => {
    const run = await inTheWindow();
    const { client, environment } = stage;
    const { runInput } = await import('../support/stage/plans.js');
    const other = runInput({ ...plan([phase('9z', { steps: [step.flag('tools')] })]), id: 'other' }, environment);
    const second = await client.workflow.start('migration', {
      workflowId: `${stage.id}-other`,
      taskQueue: 'phasegate',
      args: [other],
    });
    await expect(second.result()).rejects.toMatchObject({
      cause: {
        type: 'failed',
        message: expect.stringMatching(
          /flag\/FLAG_TOOLS is held by migration\/.*phasegate rollback migration/
        ) as unknown,
      },
    });
    expect(stage.world.effects.map((one) => one.target)).not.toContain('flag/FLAG_9Z');
    await run.executeUpdate('rollback', { args: [{ by: 'erin', reason: 'end' }] });
    await run.result().catch(() => undefined);
    const holders = await stage.handleOf(`locks/${environment.id}`).query<Record<string, unknown>>('holders');
    expect(holders).toEqual({});
  });
});

describe('a reset', () => {
  it('of a phase applies nothing again: it holds, and a rollback still knows the original states', async () => {
    const run = await stage.start(
      plan([phase('1a', { steps: [step.flag('core'), step.deploy('core')], approval: approval() })])
    );
    await stage.until('the approval', async () => (await stage.phase('1a')).gates[0]);
    const phaseRun = stage.handleOf(`${stage.id}/phase/1a`);
    const { runId } = await phaseRun.describe();
    const history = await phaseRun.fetchHistory();
    const first = history.events?.find((event) => event.workflowTaskCompletedEventAttributes);
    await stage.client.workflowService.resetWorkflowExecution({
      namespace: stage.client.options.namespace,
      workflowExecution: { workflowId: phaseRun.workflowId, runId },
      workflowTaskFinishEventId: first?.eventId ?? null,
      reason: 'a test',
      requestId: runId,
    });
    const gate = await stage.until('the hold', async () =>
      (await stage.phase('1a')).gates.find((one) => one.kind === 'hold')
    );
    expect(gate.reason).toContain('was reset');
    await stage.tell('1a', 'rollback', { by: 'dana', reason: 'start over' });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    expect(stage.world.effects.filter((one) => one.act === 'apply')).toHaveLength(2);
    expect(stage.world.changed()).toEqual([]);
    await stage.until('the reset phase to end', async () => (await ended(phaseRun.workflowId)) === 'FAILED');
  });

  it('of a run whose phase is gone holds before the next action, until a person has looked', async () => {
    const { client } = stage;
    const run = await inTheWindow();
    const phaseRun = stage.handleOf(`${stage.id}/phase/1b`);
    const [input] = await firstInput(phaseRun);
    await run.executeUpdate('rollback', { args: [{ by: 'erin', reason: 'end' }] });
    await run.result().catch(() => undefined);
    stage.world.onWindow = () => 'PASS';
    // A phase of its own, so that no parent ends it: what a reset does to the phase itself.
    const alone = await client.workflow.start('deploymentPhase', {
      workflowId: `${stage.id}/alone`,
      taskQueue: 'phasegate',
      args: [input],
    });
    await stage.until('its end', async () => (await ended(alone.workflowId)) === 'COMPLETED');
    const history = await alone.fetchHistory();
    const first = history.events?.find((event) => event.workflowTaskCompletedEventAttributes);
    const applied = stage.world.effects.length;
    const again = await client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId: alone.workflowId, runId: alone.firstExecutionRunId },
      workflowTaskFinishEventId: first?.eventId ?? null,
      reason: 'a test',
      requestId: alone.workflowId,
    });
    const reset = client.workflow.getHandle(alone.workflowId, again.runId ?? '');
    const gate = await stage.until('the hold', async () => (await reset.query<PhaseStatus>('status')).gates[0]);
    expect(gate.reason).toContain('was reset');
    expect(stage.world.effects).toHaveLength(applied);
    await reset.executeUpdate('retry', { args: [{ by: 'dana' }] });
    await reset.result();
  });
});

async function firstInput(handle: WorkflowHandle): Promise<unknown[]> {
  const { events } = await handle.fetchHistory();
  const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return payloads.map((payload) => JSON.parse(Buffer.from(payload.data ?? '').toString()) as unknown);
}

describe('replay at every step', () => {
  it('gives the same end: a whole run and a rollback with no workflow kept in memory', async () => {
    const strict = await openStage({}, 0);
    try {
      strict.world.onWindow = (input) => (input.origin.address === '1b/window#1' ? 'FAIL' : 'PASS');
      const run = await strict.start(two());
      await expect(run.result()).rejects.toMatchObject({ cause: { type: 'rolled-back-verified' } });
    } finally {
      await strict.close();
    }
  });
});
