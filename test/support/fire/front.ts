import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { startPrometheus } from '../../../demo/servers/prometheus.js';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import type { Channel, Environment, Plan } from '../../../src/plan/model.js';
import { migrationId, phaseWorkflowId, workflowQueue } from '../../../src/plan/names.js';
import type { Outcome } from '../../../src/plan/outcome.js';
import { searchAttributes } from '../../../src/plan/search-attributes.js';
import { payloadConverterPath } from '../../../src/worker/bundle.js';
import type { migration } from '../../../src/workflows/migration.js';
import { startTarget, type Target } from '../live/target.js';
import { environment, runInput, span } from '../stage/plans.js';
import { openGround, type Ground } from './ground.js';
import { recordMetrics } from './metrics-recorder.js';
import { readAccount } from './read-account.js';
import type { Account, Course } from './model/account.js';
import { startMortalTemporal, type MortalTemporal } from './temporal.js';
import { until } from './until.js';
import { spawnWorker } from '../worker-process.js';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';

export interface WorkerChoice {
  /** Not everything, but this alone. */
  only?: 'workflows' | 'activities';
  /** Path of the `phasegate` command. Default: the build of this project. */
  program?: string;
}

/** What stands around the runs of a test file beside their targets. */
export interface Surroundings {
  /** Gauges beside `success`; the metric of the same name is measured as that is. */
  gauges?: readonly string[];
  /** Who is told. Default: the worker's log. */
  notify?: Channel[];
}

export type Run = WorkflowHandle<typeof migration>;

/** Real parts around the runs of a test file: Temporal, Prometheus, targets that record, and worker processes to kill. */
export interface Front {
  temporal: MortalTemporal;
  client: Client;
  environment: Environment;
  ground: Ground;
  /** What the metrics are measured from: `success`, and what else there is. */
  metric: Target;
  /** A worker process; its `readyMatch` names its `build`. */
  startWorker(options?: WorkerChoice): Promise<ServerProcess>;
  start(plan: Plan): Promise<Run>;
  phase(run: Run, id: string): WorkflowHandle;
  /** The outcome of a run, once it has closed: whatever else dies in the meantime. */
  ended(run: Run): Promise<Outcome>;
  /** What the targets recorded, once the recorder has seen the last change. */
  account(run: Run, course: Pick<Course, 'phases'>): Promise<Account>;
  close(): Promise<void>;
}

export async function openFront(
  targets: { flags: string[]; deploys: string[] },
  { gauges = [], notify }: Surroundings = {}
): Promise<Front> {
  const folder = tempFolder('fire');
  const ends: Array<() => unknown> = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    const temporal = await startMortalTemporal(folder);
    ends.push(() => temporal.stop());
    const metric = await startTarget(gauges);
    ends.push(() => metric.close());
    const prometheus = await startPrometheus({
      targets: [{ job: 'target', url: metric.url }],
      stateDir: join(folder, 'prometheus'),
    });
    if (!prometheus) throw new Error('Prometheus is not installed');
    ends.push(() => prometheus.stop());
    await until('the first scrape', async () =>
      (await (await fetch(`${prometheus.url}/api/v1/query?query=success`)).text()).includes('"value"')
    );
    const recorder = await recordMetrics(prometheus.url);
    ends.push(() => recorder.close());
    const ground = await openGround(join(folder, 'ground'), targets);
    ends.push(() => ground.close());
    const connection = await Connection.connect({ address: temporal.address });
    ends.push(() => connection.close());
    const client = new Client({ connection, namespace: temporal.namespace, dataConverter: { payloadConverterPath } });
    const where = environment(`fire-${randomUUID().slice(0, 8)}`, {
      flags: { provider: 'flagd', file: ground.flagsFile },
      deploy: ground.deploy,
      commands: { cwd: '.', env: {}, allow: [`${ground.folder}/*`] },
      metrics: {
        provider: 'prometheus',
        url: recorder.url,
        lag: span(1500),
        // Under fire and in parallel a source may be slow; what it does not answer counts as a lost sample.
        timeout: span(30_000),
        headers: {},
        // A scrape that a busy machine misses must not decide a test. Without a template: what is asked is this very text.
        bindings: Object.fromEntries(
          ['success', ...gauges].map((name) => [name, { promql: `min_over_time(${name}[4s])` }])
        ),
      },
      ...(notify ? { notify } : {}),
    });
    const evidenceDir = join(folder, 'evidence');
    mkdirSync(evidenceDir);
    let workers = 0;
    const started = new Map<string, number>();
    const front: Front = {
      temporal,
      client,
      environment: where,
      ground,
      metric,
      close,
      async startWorker({ only, program } = {}) {
        workers += 1;
        const worker = await spawnWorker({
          temporal,
          environmentId: only === 'workflows' ? undefined : where.id,
          folder,
          logFile: join(folder, `worker-${workers}.log`),
          activitiesOnly: only === 'activities',
          more: ['--evidence-dir', evidenceDir],
          ...(program === undefined ? {} : { program }),
        });
        ends.push(() => worker.stop());
        return worker;
      },
      start(plan) {
        const workflowId = migrationId(where.id, plan.id);
        started.set(workflowId, Date.now());
        return client.workflow.start<typeof migration>('migration', {
          workflowId,
          taskQueue: workflowQueue,
          args: [runInput(plan, where)],
          typedSearchAttributes: [
            { key: searchAttributes.plan, value: plan.id },
            { key: searchAttributes.environment, value: where.id },
          ],
        });
      },
      phase: (run, id) => client.workflow.getHandle(phaseWorkflowId(run.workflowId, id)),
      ended: (run) =>
        until(`the end of ${run.workflowId}`, async () => {
          const { status, memo } = await run.describe();
          return status.name !== 'RUNNING' && (memo?.outcome as Outcome | undefined);
        }),
      async account(run, { phases }) {
        await ground.recorder.caughtUp();
        const targets = phases.flatMap(({ moves }) => moves.map(({ target }) => target));
        const startedAt = started.get(run.workflowId) ?? 0;
        const account = readAccount({ ground, evidenceDir, run: run.workflowId, startedAt, targets });
        return { ...account, answers: recorder.answers() };
      },
    };
    return front;
  } catch (error) {
    await close();
    throw error;
  }
}
