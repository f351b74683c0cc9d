import { afterAll, beforeAll, expect, it } from 'vitest';
import { PhasegateClient } from '../../../src/client/phasegate-client.js';
import type { TemporalServer } from '../../../src/client/dev-server/index.js';
import { ownServer } from '../../support/servers/own-server.js';
import { alertStory, guardedPlan } from '../../support/stage/guarded.js';
import { approval, incidents, phase, plan, step } from '../../support/stage/plans.js';
import { openStage, type Run, type Stage } from '../../support/stage/stage.js';

/** 10,000 on a server as it comes. */
const mostSignals = 50;

let server: TemporalServer;
let stage: Stage;
let client: PhasegateClient;
beforeAll(async () => {
  server = await ownServer({ 'history.maximumSignalsPerExecution': mostSignals });
  stage = await openStage({}, undefined, server);
  client = await PhasegateClient.connect({
    env: { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: server.namespace },
  });
});
afterAll(async () => {
  await client.close();
  await stage.close();
  await server.stop();
});

it('a phase whose server takes no more signals still takes the approval of the CLI', async () => {
  const run = await stage.start(plan([phase('1a', { approval: approval() })]));
  await stage.gate('1a', '1a/approval#1');
  const toPhase = stage.phaseHandle('1a');
  for (let n = 0; n < mostSignals; n++) await toPhase.signal('approve', { by: 'mallory' });
  await expect(toPhase.signal('approve', { by: 'erin' })).rejects.toThrow();
  const [gate] = await client.openGates({ workflowId: run.workflowId, runId: (await run.describe()).runId });
  if (!gate) throw new Error('no gate is open');
  expect(await client.approve(gate, { by: 'erin' })).toMatchObject({ how: 'update' });
  expect((await run.result()).outcome?.kind).toBe('completed');
});

it('a run whose server takes no more signals can still be cancelled, which takes everything back', async () => {
  await stage.fresh();
  const run = await stage.start(plan([phase('1a', { approval: approval() })]));
  await stage.gate('1a', '1a/approval#1');
  await stage.until('the news of its phase', newsOf);
  for (let n = await signalsIn(run); n < mostSignals; n++) await run.signal('nonsense', n);
  await expect(run.signal('rollback', { by: 'dana', reason: 'enough' })).rejects.toThrow();
  await run.cancel();
  await run.result().catch(() => undefined);
  expect(await stage.outcome(run)).toMatchObject({ kind: 'rolled-back-verified' });
  expect(stage.world.changed()).toEqual([]);
});

it('a run that its guard cannot tell any more of a critical metric is cancelled by it', async () => {
  await stage.fresh();
  stage.world.series = { success: () => 0.99, latency: () => 1 };
  const phases = [phase('1a', { steps: [step.flag('core')], approval: approval() })];
  const run = await stage.start(guardedPlan(phases, { incidents: incidents() }));
  await stage.gate('1a', '1a/approval#1');
  await stage.until('the look of its guard', () => stage.world.guarded.length > 0);
  await stage.until('the news of its phase', newsOf);
  for (let n = await signalsIn(run); n < mostSignals; n++) await run.signal('nonsense', n);
  stage.world.series['success'] = () => 0.5;
  await run.result().catch(() => undefined);
  expect(await stage.outcome(run)).toMatchObject({
    kind: 'rolled-back-verified',
    reason: 'a Temporal cancel asked for it',
  });
  expect(stage.world.changed()).toEqual([]);
  // No incident calls people for it, so that its alert has a page of its own, which it can end.
  const { input } = await alertStory(stage, 'success');
  expect(input.news).toMatchObject({ level: 'critical' });
  expect(input.news).not.toHaveProperty('page');
});

/** A run waits when it has heard that its phase does: that is a signal too, and must not come behind the count. */
async function newsOf(): Promise<boolean> {
  return (await stage.status()).state === 'waiting';
}

async function signalsIn(run: Run): Promise<number> {
  const { events } = await run.fetchHistory();
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
}
