import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PhasegateError } from '../../../src/plan/errors.js';
import type { Link } from '../../../src/client/connection/link.js';
import { startRollback } from '../../../src/client/act/rollback.js';
import { linkOf } from '../../support/stage/link.js';
import { phase, plan, step } from '../../support/stage/plans.js';
import { openStage, type Stage } from '../../support/stage/stage.js';
import { door } from '../../support/stage/world.js';

let stage: Stage;
let link: Link;
beforeAll(async () => {
  stage = await openStage();
  link = linkOf(stage);
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

describe('two people who roll back an ended run at once', () => {
  it('start one rollback: the second is told which one to watch', async () => {
    const undoing = door();
    stage.world.onUndo = () => undoing.wait();
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core')] })]));
    await run.result();
    const ref = { workflowId: stage.id, runId: (await run.describe()).runId };

    const asked = await Promise.allSettled(['dana', 'erin'].map((by) => startRollback(link, ref, by, 'errors')));
    const started = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value.workflowId] : []));
    const refused: unknown[] = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(started).toEqual([`${stage.id}/rollback/again-1`]);
    expect(refused).toEqual([expect.any(PhasegateError)]);
    expect(refused[0]).toMatchObject({
      code: 'PG201',
      message: `${stage.id}/rollback/again-1 is still at work`,
      hint: `Watch it with: phasegate watch ${stage.id}`,
    });
    undoing.open();
    await stage.rollbackHandle('again-1').result();
    expect(stage.world.story('undo')).toEqual(['undo flag/FLAG_CORE off']);
  });
});
