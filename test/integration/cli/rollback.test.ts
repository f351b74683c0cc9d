import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PhasegateError } from '../../../src/plan/errors.js';
import type { Link } from '../../../src/client/connection/link.js';
import { previewRollback, startRollback } from '../../../src/client/act/rollback.js';
import { SnapshotReader } from '../../../src/client/read/snapshot-reader.js';
import type { RunRef } from '../../../src/client/read/snapshot.js';
import type { Kpi } from '../../../src/plan/model.js';
import { linkOf } from '../../support/stage/link.js';
import { phase, plan, step } from '../../support/stage/plans.js';
import { failureOf, openStage, type Stage } from '../../support/stage/stage.js';
import { door } from '../../support/stage/world.js';

let stage: Stage;
let link: Link;
beforeAll(async () => {
  stage = await openStage();
  link = linkOf(stage);
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

/** The visibility store may be a moment behind. */
function atRest(ref: RunRef): Promise<unknown> {
  return stage.until('the store', async () => (await previewRollback(link, ref)).stillOpen.length === 0);
}

describe('two people who roll back an ended run at once', () => {
  it('start one rollback: the second is told which one to watch', async () => {
    const undoing = door();
    stage.world.onUndo = () => undoing.wait();
    const run = await stage.start(plan([phase('1a', { steps: [step.flag('core')] })]));
    await run.result();
    const ref = { workflowId: stage.id, runId: (await run.describe()).runId };

    await atRest(ref);
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

describe('a rollback of a run that had rolled a phase back itself', () => {
  it('counts beside it for the success metrics', async () => {
    const bound = { op: '<=', value: 1, text: '<= 1' } as const;
    const kpi: Kpi = {
      id: 'calm',
      group: 'technical',
      title: 'Rollbacks',
      target: '<= 1',
      kind: 'run',
      of: 'rollbacks',
      unit: 'count',
      bound,
    };
    stage.world.onVerify = (entry) => (entry.phase === '1b' ? 'FAIL' : 'PASS');
    const run = await stage.start(
      plan([phase('1a', { steps: [step.flag('core')] }), phase('1b', { after: ['1a'], steps: [step.flag('tools')] })], {
        kpis: [kpi],
      })
    );
    await failureOf(run.result());
    const ref = { workflowId: stage.id, runId: (await run.describe()).runId };
    const calm = async (): Promise<unknown> => (await new SnapshotReader(link, ref).read()).run.kpis;
    expect(await calm()).toMatchObject([{ state: 'met', value: '1 rollback' }]);

    stage.world.onVerify = () => 'PASS';
    await atRest(ref);
    await startRollback(link, ref, 'dana', 'errors');
    await stage.rollbackHandle('again-1').result();
    await stage.until('the store', async () => JSON.stringify(await calm()).includes('2 rollbacks'));
    expect(await calm()).toMatchObject([{ state: 'not met', value: '2 rollbacks, 1 of them since it ended' }]);
  });
});
