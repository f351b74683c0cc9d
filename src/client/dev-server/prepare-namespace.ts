import type { Connection } from '@temporalio/client';
import { reasonOf } from './server-errors.js';
import { addSearchAttributes, missingSearchAttributes } from './search-attributes.js';
import type { TemporalSettings } from './settings.js';

const CALL_TIMEOUT_MS = 3_000;

/** The numbers of the gRPC status codes; the enumeration would load the client. */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;

/**
 * Makes the namespace of a server that we started usable: registered, with the retention and the search attributes of
 * the settings, and known to every service of the server.
 *
 * One try of a few seconds, harmless when repeated: a server that just started refuses the first ones.
 *
 * @param address - `host:port`, without TLS
 * @throws whatever the server, or the lack of one, answered
 */
export async function prepareNamespace(address: string, namespace: string, settings: TemporalSettings): Promise<void> {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address, connectTimeout: CALL_TIMEOUT_MS });
  const step = (call: () => Promise<void>) => connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, call);
  try {
    await step(() => register(connection, namespace, settings));
    await step(() => addSearchAttributes(connection, namespace, settings));
    await step(() => use(connection, namespace, settings));
  } finally {
    await connection.close();
  }
}

async function register(connection: Connection, namespace: string, settings: TemporalSettings): Promise<void> {
  const { workflowService } = connection;
  const { msNumberToTs } = await import('@temporalio/common/lib/time.js');
  const retention = msNumberToTs(settings.namespace.retention);
  try {
    await workflowService.registerNamespace({
      namespace,
      description: 'Runs of phasegate',
      workflowExecutionRetentionPeriod: retention,
    });
  } catch (error) {
    if (codeOf(error) !== ALREADY_EXISTS) {
      throw error;
    }
    // It may come from an earlier start, or from a dev server that made it with one day of retention.
    await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: retention } });
  }
}

/** Each service caches namespaces for itself, so this asks the frontend, visibility, matching and history. */
async function use(connection: Connection, namespace: string, settings: TemporalSettings): Promise<void> {
  const { workflowService } = connection;
  const missing = Object.keys(await missingSearchAttributes(connection, namespace, settings));
  if (missing.length > 0) {
    throw new Error(`the search attributes ${missing.join(', ')} are not there, or have another type`);
  }
  const query = Object.keys(settings.searchAttributes).map((name) => `${name} IS NOT NULL`);
  await workflowService.countWorkflowExecutions({ namespace, query: query.join(' OR ') });
  await workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'phasegate' }, taskQueueType: 1 });
  await workflowService
    .describeWorkflowExecution({ namespace, execution: { workflowId: 'phasegate-no-such-run' } })
    .catch(requireNoSuchWorkflow);
}

/** History knows the namespace when all that it misses is the workflow. */
function requireNoSuchWorkflow(error: unknown): void {
  if (codeOf(error) !== NOT_FOUND || /namespace/i.test(reasonOf(error))) {
    throw error;
  }
}

function codeOf(error: unknown): number | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}
