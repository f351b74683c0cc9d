import type { WorkflowHandle } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approval, phase, plan, step } from '../../support/stage/plans.js';
import { failureOf, openStage, type Run, type Stage } from '../../support/stage/stage.js';
import { door } from '../../support/stage/world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const because = { by: 'dana', reason: 'customers report errors' };
const asked = 'dana asked for it: customers report errors';
const newestFirst = ['undo flag/FLAG_TOOLS off', 'undo flag/FLAG_CORE off'];

/** Two phases of one flag each; 1a has completed when the second one waits for its approval. */
async function inSecondPhase(): Promise<Run> {
  const run = await stage.start(
    plan([
      phase('1a', { steps: [step.flag('core')] }),
      phase('1b', { after: ['1a'], steps: [step.flag('tools')], approval: approval() }),
    ])
  );
  await stage.gate('1b');
  return run;
}

const doors: Array<ReturnType<typeof door>> = [];
// Behind a closed door an activity waits for ever, and with it the end of its worker.
afterEach(() => {
  for (const one of doors.splice(0)) one.open();
});

function shut(): ReturnType<typeof door> {
  const one = door();
  doors.push(one);
  return one;
}

/** The minutes of the gate of 1b are written only when the door opens. */
function slowMinutes(): ReturnType<typeof door> {
  const minutes = shut();
  stage.world.onRecord = (document) => (JSON.stringify(document).includes('"outcome"') ? minutes.wait() : undefined);
  return minutes;
}

/** How long a run waits for its minutes. */
const forMinutesMs = 10_000;

/** The timers of a workflow, in ms. */
async function waitsIn(handle: WorkflowHandle): Promise<number[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(
    ({ timerStartedEventAttributes: timer }) => optionalTsToMs(timer?.startToFireTimeout) ?? []
  );
}

async function cancelHeard(workflowId: string): Promise<void> {
  await stage.handleOf(workflowId).cancel();
  await stage.until('the cancel to arrive', async () => {
    const { events } = await stage.handleOf(workflowId).fetchHistory();
    const heard = events?.findIndex((event) => event.workflowExecutionCancelRequestedEventAttributes) ?? -1;
    return heard >= 0 && events?.slice(heard).some((event) => event.workflowTaskCompletedEventAttributes);
  });
}

describe('what is asked for at the last moment of a phase', () => {
  it.each(['a rollback', 'a cancel'])('%s during its last check counts, although the check passes', async (what) => {
    const check = shut();
    stage.world.onCheck = async (): Promise<'PASS'> => {
      await check.wait();
      return 'PASS';
    };
    const run = await stage.start(
      plan([
        phase('1a', { steps: [step.flag('core')], successChecks: [step.check('last')] }),
        phase('1b', { after: ['1a'] }),
      ])
    );
    await check.reached;
    if (what === 'a cancel') await stage.phaseHandle('1a').cancel();
    else await stage.tell('1a', 'rollback', because);
    check.open();
    const failure = await failureOf(run.result());
    expect(failure.message).toBe(
      `rolled-back-verified: ${what === 'a cancel' ? 'a Temporal cancel asked for it' : asked}`
    );
    expect(stage.world.story()).toEqual(['apply flag/FLAG_CORE 5%', 'undo flag/FLAG_CORE off']);
  });

  it('a rollback while the minutes of its approval are written takes back everything', async () => {
    const minutes = slowMinutes();
    const run = await inSecondPhase();
    await stage.tell('1b', 'approve', 'erin');
    await minutes.reached;
    expect(await stage.tell(run, 'rollback', because)).toMatchObject({ repeated: false });
    expect((await failureOf(run.result())).message).toBe(`rolled-back-verified: ${asked}`);
    expect(stage.world.story('undo')).toEqual(newestFirst);
  });

  it('a cancel while the minutes of its approval are written takes back everything', async () => {
    const minutes = slowMinutes();
    const run = await inSecondPhase();
    await stage.tell('1b', 'approve', 'erin');
    await minutes.reached;
    await cancelHeard(run.workflowId);
    minutes.open();
    await run.result().catch(() => undefined);
    const reason = 'a Temporal cancel asked for it';
    expect(await stage.outcome(run)).toMatchObject({ kind: 'rolled-back-verified', reason });
    expect(stage.world.story('undo')).toEqual(newestFirst);
  });

  it('more than its own rollback, which is under way, takes back everything', async () => {
    const undo = shut();
    stage.world.onUndo = () => undo.wait();
    const run = await inSecondPhase();
    await stage.tell('1b', 'reject', { by: 'erin', reason: 'no' });
    await undo.reached;
    expect(await stage.tell('1b', 'rollback', because)).toMatchObject({ message: 'rolling back everything' });
    undo.open();
    expect((await failureOf(run.result())).message).toBe(
      `rolled-back-verified: 1b/approval#1 failed: rejected by erin: no; then everything: ${asked}`
    );
    expect(stage.world.story('undo')).toEqual(newestFirst);
  });
});

describe('a store of evidence that takes nothing', () => {
  beforeEach(() => {
    slowMinutes();
  });

  it('delays no way back', async () => {
    const run = await inSecondPhase();
    await stage.tell('1b', 'reject', { by: 'erin', reason: 'no' });
    await stage.until('1b to end', async () => (await stage.phaseHandle('1b').describe()).status.name === 'FAILED');
    expect(await waitsIn(stage.phaseHandle('1b'))).not.toContain(forMinutesMs);
    await run.result().catch(() => undefined);
    expect(stage.world.changed()).toEqual(['flag/FLAG_CORE']);
  });

  it('does not keep a run open for long', async () => {
    const run = await inSecondPhase();
    await stage.tell('1b', 'approve', 'erin');
    const { outcome } = await run.result();
    expect(outcome).toMatchObject({
      kind: 'completed',
      reason:
        'all 2 phases completed; the store of evidence did not take the decisions at 1b/approval#1, which stand in the history alone',
    });
    expect(await waitsIn(run)).toContain(forMinutesMs);
  });
});

it('rolling back everything undoes it all, newest first, before anything is measured', async () => {
  const undoneWhenMeasured: number[] = [];
  stage.world.onWindow = ({ origin }): 'PASS' => {
    if (origin.address.startsWith('rollback/')) undoneWhenMeasured.push(stage.world.story('undo').length);
    return 'PASS';
  };
  const run = await inSecondPhase();
  await stage.tell(run, 'rollback', because);
  expect((await failureOf(run.result())).message).toBe(`rolled-back-verified: ${asked}`);
  expect(stage.world.story('undo')).toEqual(newestFirst);
  expect(undoneWhenMeasured).toEqual([2]);
  expect(await stage.rollback('1b')).toMatchObject({ verified: false, verifiedByRun: true });
  expect((await stage.phase('1b')).state).toBe('rolled back');
});

it('what a phase left to its run to verify is verified also when the phases before it had changed nothing', async () => {
  const run = await stage.start(
    plan([
      phase('1a', { steps: [step.check('look')] }),
      phase('1b', { after: ['1a'], steps: [step.flag('tools')], approval: approval() }),
    ])
  );
  await stage.gate('1b');
  await stage.tell(run, 'rollback', because);
  expect((await failureOf(run.result())).message).toBe(`rolled-back-verified: ${asked}`);
  expect(await stage.rollback('all')).toMatchObject({ verified: true });
});

describe('the end of a run', () => {
  it('does not wait long for a channel that takes nothing, for until then nobody can roll it back', async () => {
    stage.world.onNotify = ({ kind }) => (kind === 'ended' ? new Promise(() => undefined) : undefined);
    const run = await stage.start(plan([phase('1a')]));
    expect((await run.result()).outcome?.kind).toBe('completed');
  });
});
