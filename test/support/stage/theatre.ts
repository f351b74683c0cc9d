import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, inject } from 'vitest';
import { createHostActivities } from '../../../src/activities/host/index.js';
import { workflowQueue } from '../../../src/plan/names.js';
import { loadBundle, payloadConverterPath } from '../../../src/worker/bundle.js';
import { promote, versionOf } from '../../../src/worker/deployment.js';
import { createLogger, temporalLogger } from '../../../src/worker/logger.js';

/** What all stages of a test file share: the connections, and the worker that runs the workflows. */
export interface Theatre {
  client: Client;
  native: NativeConnection;
  namespace: string;
  shared: { connection: NativeConnection; namespace: string; dataConverter: { payloadConverterPath: string } };
}

/** Quiet unless PHASEGATE_LOG_LEVEL asks for more: `PHASEGATE_LOG_LEVEL=warn npx vitest run …`. */
const logger = temporalLogger(createLogger({ level: process.env.PHASEGATE_LOG_LEVEL ?? 'silent' }));
Runtime.install({ logger, telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } } });

/** Where a theatre plays. */
export interface Where {
  address: string;
  namespace: string;
}

const open: Array<() => Promise<void>> = [];
const theatres = new Map<string, Promise<Theatre>>();
afterAll(async () => {
  for (const close of open.splice(0)) await close();
});

/**
 * @param cached workflows that the worker keeps in memory; 0 replays each one from its history at every task
 * @param server default: the one that all integration tests share
 */
export function openTheatre(cached?: number, server?: Where): Promise<Theatre> {
  const where = server ?? { address: inject('temporalAddress'), namespace: inject('temporalNamespace') };
  const key = `${where.address}/${where.namespace}/${cached ?? ''}`;
  const known = theatres.get(key) ?? start(cached, where);
  theatres.set(key, known);
  return known;
}

async function start(cached: number | undefined, { address, namespace }: Where): Promise<Theatre> {
  const dataConverter = { payloadConverterPath };
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }), namespace, dataConverter });
  const { code, buildId } = await loadBundle(logger);
  const shared = { connection: native, namespace, dataConverter };
  const worker = await Worker.create({
    ...shared,
    taskQueue: workflowQueue,
    workflowBundle: { code },
    activities: createHostActivities(client),
    stickyQueueScheduleToStartTimeout: '1s',
    workerDeploymentOptions: versionOf(buildId),
    ...(cached === undefined ? {} : { maxCachedWorkflows: cached }),
  });
  const running = worker.run();
  await promote(client, buildId, { promote: true, logger: createLogger({ level: 'silent' }) });
  open.push(async () => {
    worker.shutdown();
    await running;
    await client.connection.close();
    await native.close();
  });
  return { client, native, namespace, shared };
}
