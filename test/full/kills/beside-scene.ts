import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import type { GuardSpec, Plan } from '../../../src/plan/model.js';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import { alertsOf, route } from '../../support/alert/alert-input.js';
import { serve, type TestServer } from '../../support/activities/http-server.js';
import { openFront, type Front, type Run } from '../../support/fire/front.js';
import type { GuardCourse, Promised } from '../../support/fire/model/account.js';
import { complaints } from '../../support/fire/model/complaints.js';
import { until } from '../../support/fire/until.js';
import { guardedMetrics } from '../../support/stage/guarded.js';
import { approval, incidents, phase, plan, span } from '../../support/stage/plans.js';
import { resetToFirstTask, resetToLastTask } from './interfere.js';
import { changesOf, courseOf, keyOf, shortWindow } from './one-phase.js';
import { type, typeRollback, type Said } from './type.js';

export const besideActs = ['terminate', 'cancel', 'reset to its last task', 'reset to its first task'] as const;
export type BesideAct = (typeof besideActs)[number];

/** Does it to a workflow as a plain Temporal client can. */
export async function interfereBeside(front: Front, act: BesideAct, handle: WorkflowHandle): Promise<void> {
  if (act === 'terminate') await handle.terminate('a test');
  if (act === 'cancel') await handle.cancel();
  if (act === 'reset to its last task') await resetToLastTask(front, handle);
  if (act === 'reset to its first task') await resetToFirstTask(front, handle);
}

/** What the receiver of a channel was told, as far as a test asks. */
export interface Told {
  run: string;
  kind: string;
  /** Of this one message: a receiver that compares takes those that share it for one. */
  dedupKey: string;
  alert?: { dedupKey: string; event: string; page?: string };
  incident?: { page: string; event: string };
}

/** One front for all runs, and the receiver of the one channel that its environment has. */
export interface BesideScene extends AsyncDisposable {
  front: Front;
  hook: TestServer;
  /** The one worker, to begin with. */
  worker: ServerProcess;
}

/** @param names of the runs: each has targets and a gauge of that name of its own */
export async function openBeside(names: readonly string[]): Promise<BesideScene> {
  const hook = await serve((_, response) => response.writeHead(204).end());
  const front = await openFront(
    { flags: names.map(keyOf), deploys: [...names] },
    { gauges: names, notify: [{ kind: 'webhook', name: 'hook', url: hook.url, headers: {} }] }
  );
  const worker = await front.startWorker();
  const close = async (): Promise<void> => {
    await front.close();
    await hook[Symbol.asyncDispose]();
  };
  return { front, hook, worker, [Symbol.asyncDispose]: close };
}

/** A run whose changes are in force, under guard, and which waits to be approved. */
export interface Waiting {
  front: Front;
  run: Run;
  /** Sets what its own metric is measured from. */
  gauge: (value: number) => void;
  /** One of the workflows beside it. */
  part: (id: string) => WorkflowHandle;
  /** What somebody types; the run is added by whoever needs it. */
  say: (...words: string[]) => Promise<Said>;
  status: () => Promise<string>;
  /** What the channel was told of it, oldest first. */
  told: () => Told[];
  /** It is approved and completes, and can be taken back all the same. */
  completes: () => Promise<void>;
  /** What the model says of how it ended; of its guard too, where one and the same watched all the while. */
  complaints: (promised: Promised, guard?: GuardCourse) => Promise<string[]>;
}

/** @param judgedBy the metric by which a resolution and a rollback are judged */
export async function waiting({ front, hook }: BesideScene, name: string, judgedBy: string): Promise<Waiting> {
  const run = await front.start(planOf(name, judgedBy));
  const { workflowId } = run;
  const part = (id: string): WorkflowHandle => front.client.workflow.getHandle(`${workflowId}/${id}`);
  await until(`the gate of ${name}`, async () => {
    const { gates } = await front.phase(run, '1a').query<PhaseStatus>('status');
    return gates.length === 1;
  });
  await untilBeating(part('guard'), 'watchMetrics');
  await front.ground.recorder.caughtUp();
  // Nobody has disturbed it yet: it is its own measure.
  const course = courseOf(
    name,
    front.ground.recorder.statesOf(keyOf(name)).map(({ state }) => state)
  );
  const say = (...words: string[]): Promise<Said> => type(front, ...words);
  const judge = async (promised: Promised, guard?: GuardCourse): Promise<string[]> =>
    complaints({ ...course, ...(guard ? { guard } : {}) }, await front.account(run, course), promised);
  return {
    front,
    run,
    gauge: (value) => front.metric.set(value, name),
    part,
    say,
    status: async () => (await say('status', workflowId)).text,
    told: () => hook.seen.map(({ body }) => JSON.parse(body) as Told).filter((told) => told.run === workflowId),
    async completes() {
      expect(await front.ended(run)).toMatchObject({ kind: 'completed' });
      const { code, text } = await typeRollback(front, workflowId);
      expect(text).toMatch(/rolled back, verified/);
      expect(code, text).toBe(4);
      expect(await judge({ end: 'rolled back' })).toEqual([]);
    },
    complaints: judge,
  };
}

/** Waits until an activity of this type is under way and has told that it is. */
export async function untilBeating(handle: WorkflowHandle, activity: string): Promise<void> {
  await until(`${activity} of ${handle.workflowId}`, async () => {
    const { raw } = await handle.describe();
    return raw.pendingActivities?.some((one) => one.activityType?.name === activity && one.lastHeartbeatTime);
  });
}

/** What the guard of a run does that is taken back. */
export function guardOf({ environment }: Front, name: string): GuardCourse {
  const query = environment.metrics.bindings[name]?.promql ?? '';
  return { until: 'rollback/metrics', inARow: guard.inARow, criticalBelow: { [query]: 0.8 } };
}

export async function untilClosed(handle: WorkflowHandle): Promise<void> {
  await until(`the end of ${handle.workflowId}`, async () => (await handle.describe()).status.name !== 'RUNNING');
}

const guard: Omit<GuardSpec, 'metrics'> = { every: span(1000), inARow: 2, recoveredInARow: 3, missingInARow: 120 };

function planOf(name: string, judgedBy: string): Plan {
  const long = span(600_000);
  // An alert that is well for two seconds is over.
  const routed = route({ escalate: { after: span(10_000), to: ['executives'] }, remindEvery: long });
  const { success: metric } = guardedMetrics;
  const { success } = plan([]).metrics;
  const [criterion] = shortWindow().criteria;
  const window = shortWindow({ deadline: span(300_000), criteria: [{ ...criterion!, metric: judgedBy }] });
  return plan([phase('1a', { steps: changesOf(name), approval: approval({ expires: long, remindEvery: long }) })], {
    id: name,
    metrics: { success: success!, [name]: { ...metric!, name } },
    guard: { ...guard, metrics: [name] },
    alerts: alertsOf(routed, routed),
    incidents: incidents(),
    rollback: { metrics: [judgedBy], window, checks: [] },
  });
}
