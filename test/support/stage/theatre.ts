import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerInterceptors } from '@temporalio/worker';
import { afterAll } from 'vitest';
import { createHostActivities } from '../../../src/activities/host/index.js';
import { workflowQueue } from '../../../src/plan/names.js';
import { loadBundle, payloadConverterPath } from '../../../src/worker/bundle.js';
import { codeTime } from '../../../src/worker/code-time.js';
import { promote, versionOf } from '../../../src/worker/deployment.js';
import { createLogger } from '../../../src/worker/logger.js';
import '../runtime.js';
import { sharedServer } from '../shared-server.js';

/** What all stages of a test file share: the connections, and the worker that runs the workflows. */
export interface Theatre {
  client: Client;
  shared: {
    connection: NativeConnection;
    namespace: string;
    dataConverter: { payloadConverterPath: string };
    interceptors: WorkerInterceptors;
  };
  close: () => Promise<void>;
}

/** Where a theatre plays. */
export interface Where {
  address: string;
  namespace: string;
}

const theatres = new Map<number | undefined, Promise<Theatre>>();
afterAll(async () => {
  for (const theatre of theatres.values()) await (await theatre).close();
});

/**
 * The theatre of a test file, on the server that all integration tests share. It closes with the file.
 *
 * @param cached workflows that the worker keeps in memory; 0 replays each one from its history at every task
 */
export function openTheatre(cached?: number): Promise<Theatre> {
  const known = theatres.get(cached) ?? buildTheatre(sharedServer(), cached);
  theatres.set(cached, known);
  return known;
}

/**
 * A theatre of its own, on a server of its own; whoever builds it closes it.
 *
 * @param interceptors of all its workers, and of those of its stages
 * @param build what the workflows' build is called; default: the id of the present one
 */
export async function buildTheatre(
  { address, namespace }: Where,
  cached?: number,
  interceptors: WorkerInterceptors = {},
  build?: string
): Promise<Theatre> {
  const dataConverter = { payloadConverterPath };
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }), namespace, dataConverter });
  const bundle = await loadBundle();
  const { code, buildId } = { ...bundle, ...(build === undefined ? {} : { buildId: build }) };
  const shared = { connection: native, namespace, dataConverter, interceptors };
  const worker = await Worker.create({
    ...shared,
    taskQueue: workflowQueue,
    workflowBundle: { code },
    activities: createHostActivities(client),
    stickyQueueScheduleToStartTimeout: '1s',
    ...codeTime,
    workerDeploymentOptions: versionOf(buildId),
    ...(cached === undefined ? {} : { maxCachedWorkflows: cached }),
  });
  const running = worker.run();
  await promote(client, buildId, {
    promote: true,
    signal: new AbortController().signal,
    logger: createLogger({ level: 'silent' }),
  });
  const close = async (): Promise<void> => {
    worker.shutdown();
    await running;
    await client.connection.close();
    await native.close();
  };
  return { client, shared, close };
}
