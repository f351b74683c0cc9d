import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentQueue } from '../../src/plan/names.js';
import { failureText, verdictOf } from '../../src/workflows/phase/attempt.js';
import { approval, phase, plan, step } from '../support/stage/plans.js';
import { failureOf, openStage, type Stage } from '../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

function failed(cause: Error): ActivityFailure {
  return new ActivityFailure('failed', 'applyChange', '1', RetryState.NON_RETRYABLE_FAILURE, 'w', cause);
}

describe('with no worker for the environment', () => {
  it('nothing lies in its queue for ever: every activity of a phase and a rollback gives up waiting', async () => {
    const check = step.check('smoke');
    const run = await stage.start(plan([phase('1a', { steps: [step.deployTo('core'), check], approval: approval() })]));
    await stage.gate('1a');
    await stage.tell('1a', 'reject', { by: 'erin', reason: 'no' });
    await failureOf(run.result());
    const queue = environmentQueue(stage.environment.id);
    for (const handle of [stage.phaseHandle('1a'), stage.rollbackHandle('1a')]) {
      const { events } = await handle.fetchHistory();
      const asked = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
      const ours = asked.filter(({ taskQueue }) => taskQueue?.name === queue);
      expect(ours.length).toBeGreaterThan(0);
      for (const { activityType, scheduleToStartTimeout } of ours) {
        expect(Number(scheduleToStartTimeout?.seconds), activityType?.name ?? '').toBeGreaterThan(0);
        expect(Number(scheduleToStartTimeout?.seconds), activityType?.name ?? '').toBeLessThanOrEqual(300);
      }
    }
  });

  it('a change that nobody took is a HOLD that says so', async () => {
    const notTaken = failed(new TimeoutFailure('', undefined, 'SCHEDULE_TO_START'));
    expect(await verdictOf(() => Promise.reject(notTaken))).toEqual({
      verdict: 'HOLD',
      reason: 'PG402 no worker of this environment took applyChange',
    });
    expect(failureText(failed(new TimeoutFailure('', undefined, 'HEARTBEAT')))).toBe(
      'applyChange got no answer in time (HEARTBEAT)'
    );
    expect(failureText(failed(ApplicationFailure.nonRetryable('no', 'PG304')))).toBe('PG304 no');
  });
});
