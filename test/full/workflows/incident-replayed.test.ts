import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approval, incidents, phase, plan, span, step } from '../../support/stage/plans.js';
import { failureOf, openStage, type Stage } from '../../support/stage/stage.js';

let stage: Stage;
beforeAll(async () => {
  // Without a cache every workflow task replays the whole history: what is not deterministic fails here.
  stage = await openStage({}, 0);
});
beforeEach(() => stage.fresh());
afterAll(() => stage.close());

/** Its looks are slow: a server gives a task that is lost out anew after 10 s. */
const long = span(600_000);

const two = plan(
  [
    phase('1a', { steps: [step.flag('core')] }),
    phase('1b', {
      after: ['1a'],
      steps: [step.flag('tools')],
      approval: approval({ expires: long, remindEvery: long }),
    }),
  ],
  { incidents: incidents({ postMortem: { within: span(1000), by: 'lead', remindEvery: span(10) } }) }
);

describe('incidents that are replayed at every task', { timeout: 180_000 }, () => {
  it('hold the run, are refused a resolution, are resolved, written up and reminded of', async () => {
    const run = await stage.start(two);
    await stage.gate('1b');
    await stage.tell(run, 'declare', { by: 'erin', severity: 2, phase: '1a', customer: true, reason: 'agents fail' });
    await stage.until('the hold', async () => (await stage.phase('1b')).held);
    const incident = stage.incidentHandle(1);
    await incident.signal('assign', { by: 'lee', role: 'commander', person: 'lee' });
    stage.world.onWindow = () => 'FAIL';
    await incident.signal('resolve', { by: 'lee', reason: 'restarted' });
    await stage.until('the refusal', async () => (await stage.incident(1)).refusals.length === 1);
    stage.world.onWindow = () => 'PASS';
    const first = (await stage.incident(1)).runId;
    await stage.tell(incident, 'resolve', { by: 'lee', reason: 'restarted once more' });
    await stage.until('the end of the hold', async () => (await stage.phase('1b')).held === undefined);
    await stage.until('another execution', async () => (await stage.incident(1)).runId !== first);
    await stage.tell('1b', 'approve', 'lee');
    expect((await run.result()).incidents).toMatchObject([{ number: 1, state: 'resolved', warRoom: true }]);
    await stage.tell(incident, 'postmortem', { by: 'lee', link: 'https://wiki.example/1' });
    expect(await stage.incidentHandle(1).result()).toMatchObject({ state: 'closed' });
  });

  it('take everything back', async () => {
    const run = await stage.start(two);
    await stage.gate('1b');
    const told = { leak: 'guard', loss: 'guard', corruption: 'alertmanager' };
    for (const [key, source] of Object.entries(told))
      await run.signal('trouble', { dedupKey: key, source, cause: 'leak', title: key, reason: 'x', at: 1 });
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    for (const number of [1, 2])
      await stage.until('its end', async () => (await stage.incident(number)).rollback?.state === 'verified');
  });

  it('take back a component', async () => {
    const run = await stage.start(two);
    await stage.gate('1b');
    await stage.tell(run, 'declare', { by: 'erin', severity: 2, phase: '1a', reason: 'agents fail' });
    await stage.tell(run, 'rollback', { by: 'lee', phase: '1a', reason: 'no fix' });
    expect((await failureOf(run.result())).type).toBe('rolled-back-verified');
    await stage.until('its end', async () => (await stage.incident(1)).rollback?.state === 'verified');
    expect(stage.world.changed()).toEqual([]);
  });
});
