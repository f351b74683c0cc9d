import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { WatchMetricsInput } from '../../src/activities/contract.js';
import type { GuardState } from '../../src/plan/guard/state.js';
import type { GuardStatus } from '../../src/plan/watch-status.js';
import { guardHandle, guardStatus, guardedPlan, keepsBackTheGuard } from '../support/stage/guarded.js';
import { approval, phase, step } from '../support/stage/plans.js';
import { openStage, type Run, type Stage } from '../support/stage/stage.js';

interface Kept {
  seen?: GuardState;
  unwatched?: { since: number; reason: string };
}

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

async function waiting(): Promise<Run> {
  const run = await stage.start(
    guardedPlan([phase('1a', { steps: [step.flag('core')], approval: approval() })], {}, { metrics: ['success'] })
  );
  await stage.gate('1a');
  await stage.until('the guard', async () => (await guardStatus(stage)).state === 'watching');
  return run;
}

async function complete(run: Run): Promise<void> {
  await stage.tell('1a', 'approve', 'erin');
  await run.result();
}

async function lastOf(): Promise<{ status: GuardStatus; kept: Kept[] }> {
  const status = (await guardHandle(stage).result()) as GuardStatus;
  return { status, kept: (status.evidence ?? []).map(({ digest }) => stage.world.evidence.get(digest) as Kept) };
}

/** Each look fails but the last one, for which this is there. */
function goneBut(atLast: (input: WatchMetricsInput) => WatchMetricsInput): void {
  stage.world.onGuard = (input) => {
    if (!input.catchUp) throw new Error('its worker is gone');
    return atLast(input);
  };
}

/** The guard has begun to watch so many samples ago. */
function samplesAgo(count: number): Promise<unknown> {
  return stage.until(`${count} samples`, () => {
    const [first] = stage.world.guarded;
    return first !== undefined && Date.now() > first.since + count * 100;
  });
}

describe('a guard whose run ends while its worker is gone', () => {
  it('looks at all of it once more, records what it finds, and keeps it', async () => {
    goneBut((input) => input);
    stage.world.series = { success: () => 0.93 };
    const run = await waiting();
    await samplesAgo(3);
    const calledOffAfter = Date.now();
    await complete(run);
    const { status, kept } = await lastOf();
    expect(status).toMatchObject({
      state: 'ended',
      metrics: [{ metric: 'success', state: 'off-target', value: 0.93 }],
    });
    expect(kept).toHaveLength(1);
    const { t0 = 0, nextK = 0 } = kept[0]?.seen ?? {};
    expect(t0).toBe(stage.world.guarded[0]?.since);
    expect(t0 + nextK * 100).toBeGreaterThan(calledOffAfter);
  });

  it('calls nobody for what it finds then: the run is over, and that may be over as well', async () => {
    goneBut((input) => input);
    stage.world.series = { success: () => 0.5 };
    const run = await waiting();
    await samplesAgo(3);
    await complete(run);
    const { status } = await lastOf();
    expect(status).toMatchObject({ metrics: [{ state: 'critical' }], alerts: [] });
    expect(status.news).toMatchObject([{ metric: 'success', to: 'critical' }]);
    expect(stage.world.told).toEqual([]);
    expect((await run.result()).outcome?.kind).toBe('completed');
  });

  it('says so when nobody can look at its end either', async () => {
    goneBut(() => {
      throw ApplicationFailure.nonRetryable('its source is gone');
    });
    const run = await waiting();
    await samplesAgo(0);
    await complete(run);
    const { status, kept } = await lastOf();
    expect(status).toMatchObject({ state: 'ended', metrics: [{ metric: 'success', state: 'no-data' }] });
    expect(kept).toEqual([
      expect.objectContaining({ unwatched: { since: stage.world.guarded[0]?.since, reason: 'its source is gone' } }),
    ]);
  });

  it('is waited for by the guard of the next run of the plan', async () => {
    const keeping = keepsBackTheGuard(stage);
    onTestFinished(() => keeping.open());
    const first = await waiting();
    await complete(first);
    const second = await stage.start(guardedPlan([phase('1a', { steps: [step.flag('core')], approval: approval() })]));
    await stage.gate('1a');
    await stage.until('the fifth try', async () => {
      const { events } = await second.fetchHistory();
      return (events ?? []).filter((one) => one.startChildWorkflowExecutionFailedEventAttributes).length >= 5;
    });
    expect((await stage.status()).guard).toMatchObject({
      state: 'lost',
      reason: 'that of an earlier execution was still open',
    });
    keeping.open();
    const watching = await stage.until('its guard', async () => {
      const { guard } = await stage.status();
      return guard?.state === 'watching' && guard;
    });
    expect(watching.starts).toBe(1);
    await complete(second);
  });
});

it('a guard whose last look answers does not look again', async () => {
  const run = await waiting();
  await samplesAgo(3);
  await complete(run);
  const { kept } = await lastOf();
  expect(kept).toMatchObject([{ seen: { t0: stage.world.guarded[0]?.since } }]);
  expect(stage.world.guarded.filter(({ catchUp }) => catchUp)).toEqual([]);
});
