import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PhasegateClient } from '../../src/client/phasegate-client.js';
import { approval, phase, plan, step } from '../support/stage/plans.js';
import { resetBefore, scheduled } from '../support/stage/reset.js';
import { failureOf, openStage, type Stage } from '../support/stage/stage.js';
import { sharedServer } from '../support/shared-server.js';

let stage: Stage;
let phasegate: PhasegateClient;
beforeAll(async () => {
  stage = await openStage();
  phasegate = await PhasegateClient.connect({ ...sharedServer(), env: {} });
});
beforeEach(() => stage.fresh());
afterAll(async () => {
  await phasegate.close();
  await stage.close();
});

const changes = [step.flag('core'), step.deployTo('core')];

describe('what people see of a reset', () => {
  it('is the HOLD of the phase that now stands there, and their answer reaches it', async () => {
    const started = await stage.start(plan([phase('1a', { steps: changes, approval: approval() })]));
    await stage.gate('1a', '1a/approval#1');
    await resetBefore(stage.client, stage.phaseHandle('1a'), scheduled('captureChange', 2));
    const run = await phasegate.resolveRun(started.workflowId);
    const hold = await stage.until('the HOLD', async () =>
      (await phasegate.openGates(run)).find((gate) => gate.kind === 'hold')
    );
    expect(hold.address).toBe('1a/deploy-core#1');
    await phasegate.retry(hold, { by: 'dana' });
    const again = await stage.until('the approval', async () =>
      (await phasegate.openGates(run)).find((gate) => gate.kind === 'approval')
    );
    await phasegate.approve(again, { by: 'erin' });
    expect((await started.result()).outcome?.kind).toBe('completed');
  });

  it('of the migration is everything that the run changed before it: `phasegate rollback` takes it back and frees the locks', async () => {
    const started = await stage.start(
      plan([phase('1a', { steps: changes }), phase('1b', { after: ['1a'], approval: approval() })])
    );
    await stage.gate('1b');
    await resetBefore(stage.client, started, (event) => {
      const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
      return child?.workflowId?.endsWith('/1b') === true;
    });
    await failureOf(stage.handleOf(started.workflowId).result());
    const run = await phasegate.resolveRun(started.workflowId);
    const preview = await stage.until('the end of 1b', async () => {
      const seen = await phasegate.previewRollback(run);
      return seen.stillOpen.length === 0 && seen.entries.length > 0 && seen;
    });
    expect(preview.entries.map((entry) => entry.id)).toEqual(['1a/core#1', '1a/deploy-core#1']);
    expect(preview.locked).toBe(true);
    const rollback = await phasegate.rollbackEnded(run, { by: 'dana', reason: 'a reset' });
    await stage.handleOf(rollback.workflowId).result();
    expect(stage.world.changed()).toEqual([]);
    expect(await stage.lockHolders()).toEqual({});
    expect((await phasegate.status(run)).run.outcome?.kind).toBe('rolled-back-verified');
  });
});
