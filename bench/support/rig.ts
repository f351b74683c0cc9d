import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { spawnServer, startTemporal, type ServerProcess } from '../../src/client/dev-server/index.js';
import type { Environment, Plan } from '../../src/plan/model.js';
import { migrationId, workflowQueue } from '../../src/plan/names.js';
import { searchAttributes } from '../../src/plan/search-attributes.js';
import { payloadConverterPath } from '../../src/worker/bundle.js';
import type { migration } from '../../src/workflows/migration.js';
import { environment, runInput, span } from '../../test/support/stage/plans.js';
import { now } from './clock.js';
import { writeFlags } from './flags.js';
import { root } from './machine.js';
import { startStubPrometheus, type StubPrometheus } from './stub-prometheus.js';
import { tempFolder } from '../../src/client/dev-server/temp-folder.js';

/** Real parts to measure: Temporal, worker processes, a flagd file; only the metrics come from a stub. */
export interface Rig {
  client: Client;
  temporal: { address: string; pid: number };
  prometheus: StubPrometheus;
  environment: Environment;
  flagsFile: string;
  startWorker(more?: readonly string[]): Promise<ServerProcess>;
  start(plan: Plan, where?: Environment): Promise<WorkflowHandle<typeof migration>>;
  /** Runs the command line to its end: epoch ms of its start and end. */
  cli(args: readonly string[]): Promise<{ startedAt: number; endedAt: number; code: number | null; output: string }>;
  close(): Promise<void>;
}

export const flagKey = 'FLAG_CORE';

/** As docs/worker.md has a worker of production run. */
const production = { NODE_OPTIONS: '--max-semi-space-size=2', MALLOC_ARENA_MAX: '2' };

export async function startRig(say: (line: string) => void): Promise<Rig> {
  const folder = tempFolder('bench');
  const stops: Array<() => Promise<unknown>> = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const server = await startTemporal({
      stateDir: join(folder, 'temporal'),
      ui: false,
      ignoreConfigured: true,
      log: say,
    });
    stops.push(() => server.stop());
    if (server.pid === undefined) throw new Error('the Temporal server is not a process of ours');
    const prometheus = await startStubPrometheus();
    stops.push(() => prometheus.close());
    const connection = await Connection.connect({ address: server.address });
    stops.push(() => connection.close());
    const client = new Client({ connection, namespace: server.namespace, dataConverter: { payloadConverterPath } });
    const flagsFolder = join(folder, 'flags');
    mkdirSync(flagsFolder);
    const flagsFile = join(flagsFolder, 'flags.json');
    writeFlags(flagsFile, [flagKey]);
    const where = environment('bench', {
      flags: { provider: 'flagd', file: flagsFile },
      metrics: {
        provider: 'prometheus',
        url: prometheus.url,
        lag: span(0),
        timeout: span(5000),
        headers: {},
        bindings: { success: { promql: 'success' } },
      },
    });
    const env = {
      ...process.env,
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: server.namespace,
      XDG_STATE_HOME: folder,
      PHASEGATE_USER: 'erin',
    };
    const binary = join(root, 'bin', 'phasegate.js');
    let workers = 0;
    return {
      client,
      temporal: { address: server.address, pid: server.pid },
      prometheus,
      environment: where,
      flagsFile,
      async startWorker(more = []) {
        workers += 1;
        const worker = await spawnServer({
          name: 'worker',
          command: process.execPath,
          args: [binary, 'worker', '--env', where.id, '--workdir', folder, ...more],
          env: { ...env, ...production },
          logFile: join(folder, `worker-${workers}.log`),
          ready: { line: /worker ready/ },
        });
        stops.push(() => worker.stop());
        return worker;
      },
      start: (plan, there = where) =>
        client.workflow.start<typeof migration>('migration', {
          workflowId: migrationId(there.id, plan.id),
          taskQueue: workflowQueue,
          args: [{ ...runInput(plan, there), namesBelieved: true }],
          typedSearchAttributes: [
            { key: searchAttributes.plan, value: plan.id },
            { key: searchAttributes.environment, value: there.id },
          ],
        }),
      cli: (args) => runCli(binary, args, env),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function runCli(binary: string, args: readonly string[], env: NodeJS.ProcessEnv): ReturnType<Rig['cli']> {
  const startedAt = now();
  const child = spawn(process.execPath, [binary, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  let endedAt = startedAt;
  child.once('exit', () => (endedAt = now()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ startedAt, endedAt, code, output }));
  });
}
