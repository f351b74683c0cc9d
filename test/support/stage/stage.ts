import { randomUUID } from 'node:crypto';
import { type Client, ServiceError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { Worker, type WorkerInterceptors } from '@temporalio/worker';
import { untilTaken } from '../../../src/client/act/ask-update.js';
import type { LockHolder } from '../../../src/activities/contract.js';
import type { Environment, Plan, RunInput } from '../../../src/plan/model.js';
import {
  cleanupWorkflowId,
  environmentQueue,
  incidentWorkflowId,
  locksWorkflowId,
  migrationId,
  phaseWorkflowId,
  rollbackWorkflowId,
  windowQueue,
  workflowQueue,
} from '../../../src/plan/names.js';
import type { Outcome } from '../../../src/plan/outcome.js';
import type { Gate, PhaseStatus, RollbackStatus, RunStatus } from '../../../src/plan/run-status.js';
import type { IncidentStatus } from '../../../src/plan/watch-status.js';
import { searchAttributes } from '../../../src/plan/search-attributes.js';
import type { Answer, MessageName } from '../../../src/plan/wire.js';
import type { migration } from '../../../src/workflows/migration.js';
import { until } from '../until.js';
import { environment, runInput } from './plans.js';
import { buildTheatre, openTheatre, type Where } from './theatre.js';
import { onStage, World } from './world.js';

const lostQueryMs = 6_000;
/** How often a test looks for what it waits for, and for how long. */
interface Patience {
  everyMs: number;
  withinMs: number;
}
const usual: Patience = { everyMs: 30, withinMs: 45_000 };
/**
 * SDK 1.24 without a cache loses a workflow task now and then that comes while a query is answered: it is given out anew
 * after its 10 s. Seen in 5 of 13 runs of one test with a query each 300 ms, in none of 14 with one each 2.5 s.
 */
const uncached: Patience = { everyMs: 2_500, withinMs: 60_000 };
/** gRPC's. */
const deadlineExceeded = 4;

export type Run = WorkflowHandle<typeof migration>;

/** A real Temporal server and real workers around the fake world; each stage has an environment of its own. */
export class Stage {
  readonly client: Client;
  readonly environment: Environment;
  private readonly worlds = new Map<string, World>();
  private readonly running: Promise<unknown>;
  private readonly workers: Worker[];
  private readonly patience: Patience;
  private readonly alsoClose: (() => Promise<void>) | undefined;
  private plan = '';

  constructor(
    client: Client,
    where: Environment,
    patience: Patience,
    workers: Worker[],
    alsoClose: (() => Promise<void>) | undefined
  ) {
    this.client = client;
    this.environment = where;
    this.patience = patience;
    this.alsoClose = alsoClose;
    this.raise();
    this.workers = workers;
    this.running = Promise.all(workers.map((worker) => worker.run()));
  }

  /** The world of the present test. */
  get world(): World {
    return this.worldOf(this.plan);
  }

  /** The world of the run that an activity's input names, so that a run which a test left open disturbs no other. */
  worldOf(asked: string): World {
    const world = this.worlds.get(planIn(asked) ?? '') ?? this.worlds.get(this.plan);
    if (!world) throw new Error('no world is on this stage');
    return world;
  }

  /** Plan id of the present test; `start` gives it to every plan that has no id of its own. */
  get planId(): string {
    return this.plan;
  }

  /** Workflow id of the run of the present test. */
  get id(): string {
    return migrationId(this.environment.id, this.plan);
  }

  /** A new world and a new plan id, with no locks held: for a stage that serves several tests, before each of them. */
  async fresh(): Promise<void> {
    await this.stop(this.id);
    await this.startLocks();
    this.raise();
  }

  /** Another workflow keeps the locks from now on; of one that is merely ended they would all be held still. */
  async startLocks(held: Record<string, LockHolder> = {}, taskQueue = workflowQueue): Promise<void> {
    await this.client.workflow.start('locks', {
      workflowId: locksWorkflowId(this.environment.id),
      taskQueue,
      args: [held],
      workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    });
  }

  /** A world for one more run, beside the present test's; its runs have this plan id. */
  another(): { planId: string; world: World } {
    const mark = randomUUID().slice(0, 8);
    const planId = `plan-${mark}`;
    const world = new World(Date.now, mark);
    this.worlds.set(planId, world);
    return { planId, world };
  }

  private raise(): void {
    this.plan = this.another().planId;
  }

  start(
    plan: Plan,
    startedBy = 'dana',
    where = this.environment,
    more: Pick<RunInput, 'namesBelieved' | 'ownPages'> = {}
  ): Promise<Run> {
    const named = plan.id === 'test-plan' ? { ...plan, id: this.plan } : plan;
    return this.client.workflow.start<typeof migration>('migration', {
      workflowId: migrationId(this.environment.id, named.id),
      taskQueue: workflowQueue,
      args: [{ ...runInput(named, where, startedBy), ...more }],
      workflowIdConflictPolicy: 'FAIL',
      typedSearchAttributes: [
        { key: searchAttributes.plan, value: named.id },
        { key: searchAttributes.environment, value: this.environment.id },
      ],
    });
  }

  handleOf(workflowId: string, runId?: string): WorkflowHandle {
    return this.client.workflow.getHandle(workflowId, runId);
  }

  phaseHandle(id: string): WorkflowHandle {
    return this.handleOf(phaseWorkflowId(this.id, id));
  }

  rollbackHandle(name: string): WorkflowHandle {
    return this.handleOf(rollbackWorkflowId(this.id, name));
  }

  /** Whichever execution of it is the present one. */
  incidentHandle(number: number): WorkflowHandle {
    return this.handleOf(incidentWorkflowId(this.id, number));
  }

  /** A run knows of an incident before the workflow of that is there. */
  incident(number: number): Promise<IncidentStatus> {
    return this.until(`incident ${number}`, () => this.ask<IncidentStatus>(this.incidentHandle(number)));
  }

  /** Whichever execution of it is the present one. */
  cleanupHandle(): WorkflowHandle {
    return this.handleOf(cleanupWorkflowId(this.id));
  }

  cleanup(): Promise<PhaseStatus> {
    return this.ask<PhaseStatus>(this.cleanupHandle());
  }

  locksHandle(): WorkflowHandle {
    return this.handleOf(locksWorkflowId(this.environment.id));
  }

  status(run: WorkflowHandle = this.handleOf(this.id)): Promise<RunStatus> {
    return this.ask<RunStatus>(run);
  }

  phase(id: string): Promise<PhaseStatus> {
    return this.ask<PhaseStatus>(this.phaseHandle(id));
  }

  rollback(name: string): Promise<RollbackStatus> {
    return this.ask<RollbackStatus>(this.rollbackHandle(name));
  }

  /**
   * A query that goes to a worker which is just leaving, such as that of another test file, is lost: the server hands it
   * to nobody else. So it is asked again, as every client of phasegate does.
   */
  private async ask<T>(handle: WorkflowHandle, query = 'status'): Promise<T> {
    for (let times = 1; ; times++) {
      try {
        return await this.client.withDeadline(Date.now() + lostQueryMs, () => handle.query<T>(query));
      } catch (error) {
        const code = error instanceof ServiceError ? (error.cause as { code?: number } | undefined)?.code : undefined;
        if (code !== deadlineExceeded || times === 10) throw error;
      }
    }
  }

  /** Who may move what in this environment. */
  lockHolders(): Promise<Record<string, LockHolder>> {
    return this.ask(this.locksHandle(), 'holders');
  }

  /** Sends an update to a phase; `to` may also be a workflow handle. */
  tell(to: string | WorkflowHandle, name: MessageName, payload: unknown): Promise<Answer> {
    const handle = typeof to === 'string' ? this.phaseHandle(to) : to;
    const update = { args: [payload] as [unknown], updateId: randomUUID() };
    return untilTaken(() => handle.executeUpdate<Answer, [unknown]>(name, update));
  }

  /** The open gate of a phase at this address, or at any. */
  gate(phaseId: string, address?: string): Promise<Gate> {
    return this.until(`the gate ${address ?? ''} of ${phaseId}`, async () =>
      (await this.phase(phaseId)).gates.find((gate) => address === undefined || gate.address === address)
    );
  }

  /** Looks again and again until something is there; errors count as not yet. */
  until<T>(
    what: string,
    look: () => Promise<T | undefined | false> | T | undefined | false,
    withinMs = this.patience.withinMs
  ): Promise<T> {
    return until(what, look, { everyMs: this.patience.everyMs, withinMs });
  }

  async outcome(run: WorkflowHandle = this.handleOf(this.id)): Promise<Outcome | undefined> {
    return (await run.describe()).memo?.outcome as Outcome | undefined;
  }

  async close(): Promise<void> {
    const left = `PhasegateEnvironment = '${this.environment.id}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of this.client.workflow.list({ query: left })) await this.stop(workflowId);
    await this.stop(locksWorkflowId(this.environment.id));
    await this.leave();
  }

  /** All workers go home; what runs stays, for the workers of another stage of the same environment and server. */
  async leave(): Promise<void> {
    for (const worker of this.workers) worker.shutdown();
    await this.running;
    await this.alsoClose?.();
  }

  private async stop(workflowId: string): Promise<void> {
    await this.handleOf(workflowId)
      .terminate('the test is over')
      .catch(() => undefined);
  }
}

/**
 * @param cached as in `openTheatre`
 * @param server one of its own; default: the one that all integration tests share
 * @param interceptors of all workers; only with a server of its own, where no other worker takes the activities
 */
export async function openStage(
  change: Partial<Environment> = {},
  cached?: number,
  server?: Where,
  interceptors?: WorkerInterceptors
): Promise<Stage> {
  const theatre = await (server ? buildTheatre(server, cached, interceptors) : openTheatre(cached));
  const { client, shared } = theatre;
  const where = environment(`t-${randomUUID().slice(0, 8)}`, change);
  const beats = { maxHeartbeatThrottleInterval: '500ms', defaultHeartbeatThrottleInterval: '500ms' } as const;
  const cast: { stage?: Stage } = {};
  const acts = onStage((asked) => {
    if (!cast.stage) throw new Error('the stage is not open yet');
    return cast.stage.worldOf(asked);
  });
  const workers = await Promise.all([
    Worker.create({ ...shared, ...beats, taskQueue: environmentQueue(where.id), activities: acts.environment }),
    Worker.create({ ...shared, ...beats, taskQueue: windowQueue(where.id), activities: acts.windows }),
  ]);
  cast.stage = new Stage(client, where, cached === 0 ? uncached : usual, workers, server ? theatre.close : undefined);
  return cast.stage;
}

/** The plan of a stage that a workflow id, an activity's input, or else a digest of its evidence, names. */
export function planIn(text: string): string | undefined {
  const [plan] = /plan-[0-9a-f]{8}/.exec(text) ?? [];
  const mark = /sha256:([0-9a-f]{8})/.exec(text)?.[1];
  return plan ?? (mark === undefined ? undefined : `plan-${mark}`);
}

/** What a run or phase failed with. */
export async function failureOf(result: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason
  );
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) throw new Error('it did not fail in the expected way', { cause: error });
  return cause;
}

/** Why an update was refused: code and reason. */
export async function refusalOf(update: Promise<unknown>): Promise<{ code: string; reason: string }> {
  const error = await update.then(
    () => undefined,
    (reason: unknown) => reason
  );
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) throw new Error('it was not refused', { cause: error });
  return { code: cause.type ?? '', reason: cause.message };
}
