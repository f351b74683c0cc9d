import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { onTestFinished } from 'vitest';
import { sharedServer } from '../shared-server.js';
import { startPrometheus } from '../../../demo/servers/prometheus.js';
import type { GuardHeartbeat } from '../../../src/activities/contract.js';
import { createDirectoryStore } from '../../../src/activities/evidence/index.js';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import type { Environment, Plan } from '../../../src/plan/model.js';
import { guardWorkflowId, migrationId, phaseWorkflowId, workflowQueue } from '../../../src/plan/names.js';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import { payloadConverterPath } from '../../../src/worker/bundle.js';
import type { migration } from '../../../src/workflows/migration.js';
import { recordMetrics } from '../fire/metrics-recorder.js';
import type { Account } from '../fire/model/account.js';
import { windowsIn } from '../fire/read-account.js';
import { guardsIn } from '../fire/read-guards.js';
import { scratchFolder } from '../servers/scratch.js';
import { environment, runInput, span } from '../stage/plans.js';
import { startTarget, type Target } from './target.js';
import { until } from '../until.js';
import { spawnWorker } from '../worker-process.js';

/** Real parts around one run: Temporal, Prometheus, a flagd file, and worker processes that a test may kill. */
export interface Live {
  client: Client;
  environment: Environment;
  target: Target;
  evidence: ReturnType<typeof createDirectoryStore>;
  flag(key: string): unknown;
  startWorker(): Promise<ServerProcess>;
  start(plan: Plan): Promise<WorkflowHandle<typeof migration>>;
  phase(id: string): Promise<PhaseStatus>;
  /** The sample that the window of a phase has reached, from its last heartbeat. */
  windowAt(id: string): Promise<number>;
  /** The sample that the guard has reached, likewise. */
  guardAt(): Promise<number>;
  /** What was asked of Prometheus, and what the evidence of the run tells of its windows and its guard. */
  measured(): Pick<Account, 'windows' | 'guards' | 'answers'>;
  until: typeof until;
}

/**
 * Call it in a test, after `needs('prometheus', …)`; everything is stopped when the test ends.
 *
 * @param temporal default: the server that all tests share
 */
export async function goLive(flags: readonly string[], temporal = sharedServer()): Promise<Live> {
  const folder = scratchFolder();
  const target = await startTarget();
  onTestFinished(() => target.close());
  const prometheus = await startPrometheus({
    targets: [{ job: 'target', url: target.url }],
    stateDir: join(folder, 'prometheus'),
  });
  if (!prometheus) throw new Error('Prometheus is not installed');
  onTestFinished(() => prometheus.stop());
  await until('the first scrape', async () =>
    (await (await fetch(`${prometheus.url}/api/v1/query?query=success`)).text()).includes('"value"')
  );
  const recorder = await recordMetrics(prometheus.url);
  onTestFinished(() => recorder.close());
  const file = join(folder, 'flags.json');
  const off = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
  writeFileSync(file, JSON.stringify({ flags: Object.fromEntries(flags.map((key) => [key, off])) }));
  const where = environment(`live-${randomUUID().slice(0, 8)}`, {
    flags: { provider: 'flagd', file },
    metrics: {
      provider: 'prometheus',
      url: recorder.url,
      lag: span(1500),
      timeout: span(3000),
      headers: {},
      // A scrape that a busy machine misses must not decide a test.
      bindings: { success: { promql: 'min_over_time(success[4s])' } },
    },
  });
  const connection = await Connection.connect({ address: temporal.address });
  onTestFinished(() => connection.close());
  const client = new Client({
    connection,
    namespace: temporal.namespace,
    dataConverter: { payloadConverterPath },
  });
  const evidenceDir = join(folder, 'evidence');
  mkdirSync(evidenceDir);
  const id = migrationId(where.id, 'test-plan');
  let workers = 0;
  const live: Live = {
    client,
    environment: where,
    target,
    evidence: createDirectoryStore(evidenceDir),
    flag: (key) => (JSON.parse(readFileSync(file, 'utf8')) as { flags: Record<string, unknown> }).flags[key],
    async startWorker() {
      workers += 1;
      const worker = await spawnWorker({
        temporal,
        environmentId: where.id,
        folder,
        logFile: join(folder, `worker-${workers}.log`),
        more: ['--evidence-dir', evidenceDir],
      });
      onTestFinished(() => worker.stop());
      return worker;
    },
    start: (plan) =>
      client.workflow.start<typeof migration>('migration', {
        workflowId: id,
        taskQueue: workflowQueue,
        args: [runInput(plan, where)],
      }),
    phase: (phaseId) => client.workflow.getHandle(phaseWorkflowId(id, phaseId)).query<PhaseStatus>('status'),
    windowAt: async (phaseId) =>
      (await heartbeatOf<{ k: number }>(client, phaseWorkflowId(id, phaseId), 'watchWindow'))?.k ?? -1,
    guardAt: async () =>
      (await heartbeatOf<GuardHeartbeat>(client, guardWorkflowId(id), 'watchMetrics'))?.state.nextK ?? -1,
    measured: () => ({
      windows: windowsIn(evidenceDir, id),
      guards: guardsIn(evidenceDir, id),
      answers: recorder.answers(),
    }),
    until: (what, look) => until(what, look, { withinMs: 60_000 }),
  };
  return live;
}

async function heartbeatOf<T>(client: Client, workflowId: string, activity: string): Promise<T | undefined> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const pending = raw.pendingActivities?.find((one) => one.activityType?.name === activity);
  const data = pending?.heartbeatDetails?.payloads?.[0]?.data;
  return data ? (JSON.parse(Buffer.from(data).toString()) as T) : undefined;
}
