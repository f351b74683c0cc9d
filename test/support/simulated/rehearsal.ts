import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { HostActivities } from '../../../src/activities/contract.js';
import { createHostActivities } from '../../../src/activities/host/index.js';
import { startRun } from '../../../src/client/act/start.js';
import { linkOver, type Link } from '../../../src/client/connection/link.js';
import { PhasegateClient } from '../../../src/client/phasegate-client.js';
import { moves, readFamily } from '../../../src/client/read/family.js';
import type { RunRef, RunSnapshot } from '../../../src/client/read/snapshot.js';
import type { FrozenPlan } from '../../../src/plan/model.js';
import {
  cleanupWorkflowId,
  environmentQueue,
  migrationId,
  windowQueue,
  workflowQueue,
} from '../../../src/plan/names.js';
import { loadBundle, payloadConverterPath } from '../../../src/worker/bundle.js';
import { codeTime } from '../../../src/worker/code-time.js';
import { versionOf } from '../../../src/worker/deployment.js';
import '../runtime.js';
import { leaveEarlierCleanup } from './earlier-cleanup.js';
import { afterHours, SimulatedPeople, type Answered, type Habit } from './people.js';
import { healthySeries } from './readings.js';
import { SimulatedTime } from './simulated-time.js';
import { SimulatedWorld } from './simulated-world.js';
import { sizesOf, type Size } from './sizes.js';
import { startTestServer, type Programs, type TestServer } from './test-server.js';
import { answerLists } from './visibility.js';

export interface RehearsalOptions {
  frozen: FrozenPlan;
  /** Epoch ms at which the run is started; in the future. */
  startAt: number;
  startedBy: string;
  /** Default: everybody says yes in their time. */
  habit?: Habit;
  /** Makes the world what the test wants; it is a healthy one. */
  prepare?: (world: SimulatedWorld) => void;
}

/** A run that is over, with everything that belongs to it. */
export interface Rehearsed {
  snapshot: RunSnapshot;
  world: SimulatedWorld;
  answered: Answered[];
  /** Of all workflows on the server: the run's, and the one that keeps the locks. */
  sizes: Size[];
}

/**
 * Plays a whole run on simulated time: the real workflows, client and judge; a simulated world and people.
 *
 * @throws when an answer of the people is not taken
 */
export async function rehearse(programs: Programs, options: RehearsalOptions): Promise<Rehearsed> {
  const { frozen, startAt, startedBy, habit = afterHours('rehearsal', frozen.plan), prepare } = options;
  const server = await startTestServer(programs);
  const { connection } = server;
  answerLists(connection);
  const settings = { address: '', addressSource: '', namespace: 'default', namespaceSource: '' };
  const link = linkOver(connection, { ...settings, options: { address: '' } }, 'rehearsal');
  const time = new SimulatedTime(connection);
  const world = new SimulatedWorld(healthySeries(frozen.plan));
  prepare?.(world);
  const stopWorkers = await startWorkers(server, time, world, frozen.environment.id);
  try {
    await time.heldUntil(startAt);
    const id = migrationId(frozen.environment.id, frozen.plan.id);
    const { gone } = await leaveEarlierCleanup(link.temporal, cleanupWorkflowId(id));
    const run = await startRun(link, frozen, startedBy);
    await gone;
    const client = new PhasegateClient(link);
    const people = new SimulatedPeople(client, time, run, habit);
    world.onNotify = () => people.told();
    await people.lookWeekly();
    await time.release();
    const { left } = await Promise.race([over(link, run), people.trouble]);
    // For each the server has kept a hold, which nobody takes off.
    for (const _ of left) await time.release();
    await people.goHome();
    const [snapshot, sizes] = await Promise.all([client.status(run), sizesOf(link.temporal)]);
    return { snapshot, world, answered: people.answered, sizes };
  } finally {
    await stopWorkers();
    await server.stop();
  }
}

async function startWorkers(
  { connection, nativeConnection }: TestServer,
  time: SimulatedTime,
  world: SimulatedWorld,
  environmentId: string
): Promise<() => Promise<void>> {
  const { environment, windows } = world.activities();
  const { code, buildId } = await loadBundle();
  const shared = { connection: nativeConnection, dataConverter: { payloadConverterPath } };
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      ...codeTime,
      taskQueue: workflowQueue,
      workflowBundle: { code },
      activities: hostActivities(new Client({ connection }), time),
      workerDeploymentOptions: versionOf(buildId),
    }),
    Worker.create({ ...shared, taskQueue: environmentQueue(environmentId), activities: environment }),
    Worker.create({ ...shared, taskQueue: windowQueue(environmentId), activities: windows }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return async () => {
    for (const worker of workers) worker.shutdown();
    await running;
  };
}

/** A local activity knows no time of the server's, so each call asks for it. */
function hostActivities(client: Client, time: SimulatedTime): HostActivities {
  const at = (now: number): HostActivities => createHostActivities(client, { now: () => now });
  const names = Object.keys(at(0)) as Array<keyof HostActivities>;
  const calls = names.map((name) => [
    name,
    async (input: never) => (at(await time.now())[name] as (given: never) => unknown)(input),
  ]);
  return Object.fromEntries(calls) as HostActivities;
}

/** What ends by itself behind its run; alerts and incidents may wait for people for ever. */
const ended: ReadonlySet<string> = new Set(['cleanup', 'guard']);

/**
 * Resolves when nothing of the run is open any more, however it ended, its clean-up included, months later; with what
 * its run had left behind when it ended: the test server holds its clock for the parent of what completes, and a parent
 * that is closed never lets go.
 */
async function over(link: Link, run: RunRef): Promise<{ left: string[] }> {
  const closed = ({ workflowId, runId }: RunRef): Promise<unknown> =>
    link.temporal.workflow
      .getHandle(workflowId, runId)
      .result()
      .catch(() => undefined);
  await closed(run);
  const left = new Set<string>();
  for (;;) {
    const family = await readFamily(link, { firstRunId: run.runId });
    const open = family.filter((part) => part.open && (moves(part) || ended.has(part.type)));
    if (open.length === 0) return { left: [...left] };
    for (const { workflowId, type } of open) if (ended.has(type)) left.add(workflowId);
    await Promise.all(open.map(closed));
  }
}
