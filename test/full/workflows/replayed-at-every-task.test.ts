import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApplicationFailure } from '@temporalio/common';
import { guardedPlan, guardStatus } from '../../support/stage/guarded.js';
import { approval, phase, plan, span, step, windowSpec } from '../../support/stage/plans.js';
import { failureOf, openStage, type Stage } from '../../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  // Without a cache every workflow task replays the whole history: what is not deterministic fails here.
  stage = await openStage({}, 0);
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

const long = plan([
  phase('1a', {
    before: [step.check('backups'), step.attest('online')],
    steps: [step.flag('core'), step.deployTo('core'), step.watch('window'), step.traffic('ramp', 'FLAG_CORE')],
    success: windowSpec(),
    successChecks: [step.check('events')],
    approval: approval({ roles: { lead: 2 } }),
    soak: windowSpec(),
  }),
  phase('1b', { after: ['1a'], steps: [step.flag('tools')] }),
]);

describe('workflows that are replayed at every task', { timeout: 180_000 }, () => {
  it('complete a run with people, a HOLD that recovers, a pause and garbage', async () => {
    let blind = true;
    stage.world.onWindow = (input) => {
      if (input.untilRecovered) return undefined;
      const finding = blind ? 'HOLD' : 'PASS';
      blind = false;
      return finding;
    };
    const run = await stage.start(long);
    await stage.gate('1a', '1a/online#1');
    await run.signal('pause', 'dana');
    await stage.phaseHandle('1a').signal('attest', { rubbish: 1 });
    await stage.tell('1a', 'attest', { by: 'erin', item: 'online', answer: 'done' });
    await run.signal('resume', 'dana');
    await stage.gate('1a', '1a/approval#1');
    await stage.tell('1a', 'approve', 'erin');
    await stage.phaseHandle('1a').signal('approve', 'lee');
    const status = await run.result();
    expect(status.outcome?.kind).toBe('completed');
    expect((await stage.phase('1a')).refusals).toHaveLength(1);
  });

  it('take back a rejected run whose undo fails at first', async () => {
    let broken = true;
    stage.world.onUndo = (entry) => {
      if (broken && entry.change.type === 'deploy') throw ApplicationFailure.nonRetryable('exit 1', 'PG317');
    };
    const run = await stage.start(long);
    await stage.gate('1a', '1a/online#1');
    await stage.tell('1a', 'attest', { by: 'erin', item: 'online', answer: 'done' });
    await stage.gate('1a', '1a/approval#1');
    await stage.tell('1a', 'reject', { by: 'lee', reason: 'not good enough' });
    await stage.until('the failing undo', async () => (await stage.rollback('1a')).gates[0]);
    broken = false;
    await stage.tell(stage.rollbackHandle('1a'), 'retry', 'dana');
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.changed()).toEqual([]);
  });

  it('take back a cancelled run', async () => {
    const run = await stage.start(long);
    await stage.gate('1a', '1a/online#1');
    await stage.tell('1a', 'attest', { by: 'erin', item: 'online', answer: 'done' });
    await stage.gate('1a', '1a/approval#1');
    await run.cancel();
    await run.result().catch(() => undefined);
    expect(await stage.outcome(run)).toMatchObject({ kind: 'rolled-back-verified' });
    expect(stage.world.changed()).toEqual([]);
  });

  it('complete a phase with days, fresh checks and an attestation ahead of its first change', async () => {
    const backups = step.check('backups', { validFor: { ms: 1_800_000, planned: '30m' } });
    const steps = [step.attest('user'), step.flag('core')];
    const run = await stage.start(
      plan([phase('1a', { schedule: { week: 1, days: [1, 7] }, before: [backups], steps })])
    );
    await stage.gate('1a', '1a/user#1');
    await stage.tell('1a', 'attest', { by: 'erin', item: 'user', answer: 'done' });
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('take everything back for a critical metric that the guard sees, after news of another one', async () => {
    stage.world.series = { success: () => 0.99, latency: () => 4 };
    const run = await stage.start(
      guardedPlan([phase('1a', { steps: [step.flag('core')], approval: approval() })], {}, { every: span(300) })
    );
    await stage.gate('1a');
    await stage.until('the first news', async () => (await guardStatus(stage)).alerts.length > 0);
    stage.world.series['latency'] = () => 1;
    stage.world.series['success'] = () => 0.5;
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    expect(stage.world.changed()).toEqual([]);
    await stage.until('the end of the guard', async () => (await guardStatus(stage)).state === 'ended');
  });
});
