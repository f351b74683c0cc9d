import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { createHostActivities } from '../../../src/activities/host/index.js';
import type { Environment, Plan } from '../../../src/plan/model.js';
import {
  environmentQueue,
  locksWorkflowId,
  migrationId,
  phaseWorkflowId,
  rollbackWorkflowId,
  windowQueue,
  workflowQueue,
} from '../../../src/plan/names.js';
import type { PhaseStatus, RollbackStatus, RunStatus } from '../../../src/plan/run-status.js';
import type { Answer, MessageName } from '../../../src/plan/wire.js';
import { loadBundle, payloadConverterPath } from '../../../src/worker/bundle.js';
import { promote, versionOf } from '../../../src/worker/deployment.js';
import { createLogger, temporalLogger } from '../../../src/worker/logger.js';
import type { migration } from '../../../src/workflows/migration.js';
import { environment, runInput } from './plans.js';
import { onStage, World } from './world.js';

/** A real Temporal server and real workers around the fake world; each stage has an environment of its own. */
export interface Stage {
  /** The world of the present test. */
  readonly world: World;
  client: Client;
  /** A new world and a new plan id, with no locks held: call it before each test. Ends what the last test left open. */
  fresh(): Promise<void>;
  /** Workflow id of the run of the present test. */
  readonly id: string;
  environment: Environment;
  start(plan: Plan): Promise<WorkflowHandle<typeof migration>>;
  status(run: WorkflowHandle): Promise<RunStatus>;
  phase(id: string): Promise<PhaseStatus>;
  rollback(name: string): Promise<RollbackStatus>;
  /** Sends an update to a phase. */
  tell(phaseId: string, name: MessageName, payload: unknown): Promise<Answer>;
  handleOf(workflowId: string): WorkflowHandle;
  until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T>;
  close(): Promise<void>;
}

/** Quiet unless PHASEGATE_LOG_LEVEL asks for more: `PHASEGATE_LOG_LEVEL=warn npx vitest run …`. */
const logger = temporalLogger(createLogger({ level: process.env.PHASEGATE_LOG_LEVEL ?? 'silent' }));
Runtime.install({ logger, telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } } });

export async function openStage(change: Partial<Environment> = {}, cached?: number): Promise<Stage> {
  const address = inject('temporalAddress');
  const namespace = inject('temporalNamespace');
  const where = environment(`t-${randomUUID().slice(0, 8)}`, change);
  const backdrop = { world: new World(), plan: '' };
  const worlds = new Map<string, World>();
  const id = (): string => migrationId(where.id, backdrop.plan);
  const connection = await NativeConnection.connect({ address });
  const client = new Client({
    connection: await Connection.connect({ address }),
    namespace,
    dataConverter: { payloadConverterPath },
  });
  const { code, buildId } = await loadBundle(logger);
  const { environment: acts, windows } = onStage(
    (asked) => worlds.get(/plan-[0-9a-f]{8}/.exec(asked)?.[0] ?? '') ?? backdrop.world
  );
  const shared = {
    connection,
    namespace,
    dataConverter: { payloadConverterPath },
    maxHeartbeatThrottleInterval: '500ms',
    defaultHeartbeatThrottleInterval: '500ms',
  } as const;
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: workflowQueue,
      workflowBundle: { code },
      activities: createHostActivities(client),
      stickyQueueScheduleToStartTimeout: '1s',
      workerDeploymentOptions: versionOf(buildId),
      ...(cached === undefined ? {} : { maxCachedWorkflows: cached }),
    }),
    Worker.create({ ...shared, taskQueue: environmentQueue(where.id), activities: acts }),
    Worker.create({ ...shared, taskQueue: windowQueue(where.id), activities: windows }),
  ]);
  const running = workers.map((worker) => worker.run());
  await promote(client, buildId, { promote: true, logger: createLogger({ level: 'silent' }) });
  const until: Stage['until'] = async (what, look) => {
    const end = Date.now() + 20_000;
    let last: unknown;
    while (Date.now() < end) {
      try {
        const seen = await look();
        if (seen !== undefined && seen !== false) return seen;
      } catch (error) {
        last = error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`waited 20 s for ${what}`, { cause: last });
  };
  const end = async (workflowId: string): Promise<void> => {
    await client.workflow
      .getHandle(workflowId)
      .terminate('the test is over')
      .catch(() => undefined);
  };
  const fresh = async (): Promise<void> => {
    if (backdrop.plan !== '') await end(id());
    await end(locksWorkflowId(where.id));
    backdrop.world = new World();
    backdrop.plan = `plan-${randomUUID().slice(0, 8)}`;
    worlds.set(backdrop.plan, backdrop.world);
  };
  await fresh();
  return {
    get world() {
      return backdrop.world;
    },
    get id() {
      return id();
    },
    fresh,
    client,
    environment: where,
    until,
    start: (plan) =>
      client.workflow.start<typeof migration>('migration', {
        workflowId: id(),
        taskQueue: workflowQueue,
        args: [runInput({ ...plan, id: backdrop.plan }, where)],
      }),
    status: (run) => run.query<RunStatus>('status'),
    phase: (phaseId) => client.workflow.getHandle(phaseWorkflowId(id(), phaseId)).query<PhaseStatus>('status'),
    rollback: (name) => client.workflow.getHandle(rollbackWorkflowId(id(), name)).query<RollbackStatus>('status'),
    tell: (phaseId, name, payload) =>
      client.workflow
        .getHandle(phaseWorkflowId(id(), phaseId))
        .executeUpdate<Answer, [unknown]>(name, { args: [payload] }),
    handleOf: (workflowId) => client.workflow.getHandle(workflowId),
    async close() {
      await end(id());
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await client.connection.close();
      await connection.close();
    },
  };
}
