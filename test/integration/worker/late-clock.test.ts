import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TemporalServer } from '../../../src/client/dev-server/index.js';
import { environmentQueue, phaseWorkflowId, windowQueue } from '../../../src/plan/names.js';
import { historyOf, replay } from '../../replay/histories.js';
import { ownServer } from '../../support/servers/own-server.js';
import { phase, plan, step, windowSpec } from '../../support/stage/plans.js';
import { openStage } from '../../support/stage/stage.js';
import { onStage, World } from '../../support/stage/world.js';
import { until } from '../../support/until.js';

let server: TemporalServer;
beforeAll(async () => {
  server = await ownServer();
});
afterAll(() => server.stop());

/**
 * A worker that has just started may get a query before the workflow task that its history ends with. The SDK then runs
 * workflow code for what has happened since, at the time of the task before (decision 009). Which of the two a worker is
 * handed first is chance, so many ask.
 */
it('a phase that is asked for its status while a worker starts does later what it did then', async () => {
  const stage = await openStage({}, undefined, server);
  stage.world.onWindow = () => new Promise(() => undefined);
  const watched = phase('1a', { steps: [step.flag('core'), step.watch('window')], success: windowSpec() });
  const run = await stage.start(plan([watched]));
  await stage.until('the window', () => stage.world.windows.length > 0);
  await stage.leave();

  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  const phaseId = phaseWorkflowId(run.workflowId, '1a');
  const asking = Array.from({ length: 10 }, () =>
    client.workflow
      .getHandle(phaseId)
      .query('status')
      .catch(() => undefined)
  );
  const native = await NativeConnection.connect({ address: server.address });
  const world = new World();
  const acts = onStage(() => world);
  const place = { connection: native, namespace: server.namespace };
  const workers = await Promise.all([
    Worker.create({ ...place, taskQueue: windowQueue(stage.environment.id), activities: acts.windows }),
    Worker.create({ ...place, taskQueue: environmentQueue(stage.environment.id), activities: acts.environment }),
  ]);
  const working = Promise.all(workers.map((worker) => worker.run()));
  const waitsForTask = async (): Promise<boolean> => {
    const { events } = await historyOf(client, phaseId);
    return world.windows.length === 1 && Boolean(events?.at(-1)?.workflowTaskScheduledEventAttributes);
  };
  await until('a workflow task that nobody takes', waitsForTask, { everyMs: 50, withinMs: 30_000 });
  const back = await openStage({ id: stage.environment.id }, undefined, server);
  await Promise.all(asking);
  await back.handleOf(run.workflowId).result();

  await replay({ name: 'late clock', workflowId: phaseId, history: await historyOf(client, phaseId) });
  await back.close();
  for (const worker of workers) worker.shutdown();
  await working;
  await native.close();
  await connection.close();
  expect(world.windows).toHaveLength(2);
});
