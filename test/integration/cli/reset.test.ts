import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approval, phase, plan, step } from '../../support/stage/plans.js';
import { resetBefore } from '../../support/stage/reset.js';
import { failureOf, openStage, type Stage } from '../../support/stage/stage.js';
import { phasegate } from './binary.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

/** Phase 1a has completed and is in force; the reset execution forgot 1b and ended as incomplete. */
async function resetRun(): Promise<{ first: string }> {
  const run = await stage.start(
    plan([phase('1a', { steps: [step.flag('core')] }), phase('1b', { after: ['1a'], approval: approval() })])
  );
  await stage.gate('1b');
  const first = (await run.describe()).runId;
  await resetBefore(stage.client, run, (event) => {
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
    return child?.workflowId?.endsWith('/1b') === true;
  });
  await failureOf(stage.handleOf(run.workflowId).result());
  return { first };
}

const undo = () => ['rollback', stage.id, '--reason', 'it was reset', '--confirm', stage.environment.id];
const locks = () => stage.lockHolders();

describe('a run that was reset', () => {
  it('is rolled back by the command that its outcome names: its phases and locks are those of the first execution', async () => {
    const { first } = await resetRun();
    expect((await locks())['flag/FLAG_CORE']?.runId).toBe(first);
    const status = await stage.until('the status', async () => {
      const seen = await phasegate(['status', stage.id, '--exit-status']);
      return seen.code === 9 && seen;
    });
    expect(status.stdout).toContain('phasegate rollback');

    const { code, stdout, stderr } = await phasegate(undo());
    expect(stderr).toContain('This undoes 1 change,');
    expect(stdout).toContain('rolled back, verified');
    expect(code).toBe(4);
    expect(stage.world.changed()).toEqual([]);
    expect(await locks()).toEqual({});
  });
});

describe('a run whose locks another run of its plan holds', () => {
  it('is not verified while it has nothing to undo: the other one is named', async () => {
    const run = await stage.start(plan([phase('1a', { before: [step.check('backups')], steps: [] })]));
    await run.result();
    const holder = { run: stage.id, runId: 'an-earlier-run', startedBy: 'dana', since: 1 };
    await stage.locksHandle().executeUpdate('acquire', { args: [{ keys: ['flag/FLAG_CORE'], holder }] });

    const { code, stderr } = await phasegate(undo());
    expect(stderr).toContain('PG210 nothing of this run is in force, but run an-earlier-run holds locks');
    expect(stderr).toContain('phasegate rollback an-earlier-run');
    expect(code).toBe(7);
  });
});
