import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SnapshotReader } from '../../../src/client/read/snapshot-reader.js';
import { linkOf } from '../../support/stage/link.js';
import { environment, phase, plan, step } from '../../support/stage/plans.js';
import { openStage, type Stage } from '../../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('a run whose environment no worker serves', () => {
  it('says in whose queue it waits, and what to type, although its workflows answer', async () => {
    const { id } = stage.environment;
    const nobodys = environment(`${id}-nobodys`);
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core')] })]), 'dana', nobodys);
    const { runId } = await run.describe();
    const reader = new SnapshotReader(linkOf(stage), { workflowId: stage.id, runId });
    const seen = await stage.until('the queue', async () => {
      const snapshot = await reader.read();
      return snapshot.unpolled === undefined ? undefined : snapshot;
    });
    expect(seen.noWorker).toBeUndefined();
    expect(seen.unpolled).toBe(
      `no worker polls phasegate-${id}-nobodys, where this run waits for one. Start one with: phasegate worker --env ${id}-nobodys`
    );
    // Nobody could undo what it did not do.
    await stage.phaseHandle('1a').terminate();
  });
});
