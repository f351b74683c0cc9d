import { Connection } from '@temporalio/client';
import { msNumberToTs } from '@temporalio/common/lib/time.js';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startTemporal } from '../../../src/client/dev-server/index.js';
import { scratchFolder } from '../../support/servers/scratch.js';

const address = inject('temporalAddress');

function startWith(env: NodeJS.ProcessEnv) {
  const folder = scratchFolder();
  return startTemporal({ stateDir: folder, env: { HOME: folder, ...env }, log: () => {}, sources: [] });
}

async function connect(): Promise<Connection> {
  const connection = await Connection.connect({ address });
  onTestFinished(() => connection.close());
  return connection;
}

describe('a server that TEMPORAL_ADDRESS names', () => {
  it('is used as it is, and still runs after stop', async () => {
    const server = await startWith({ TEMPORAL_ADDRESS: address });
    expect(server).toMatchObject({ address, namespace: 'default', how: 'existing', pid: undefined });
    await server.stop();
    await (await connect()).workflowService.getSystemInfo({});
  });

  it('and that lacks our search attributes is refused with the commands that add them', async () => {
    const { workflowService } = await connect();
    const namespace = `bare-${process.pid}`;
    await workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msNumberToTs(86_400_000),
    });
    const refused = startWith({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
    await expect(refused).rejects.toMatchObject({
      code: 'PG409',
      message: expect.stringContaining('PhasegateAwaiting') as string,
      hint: expect.stringMatching(
        `temporal operator search-attribute create --namespace ${namespace} .*--name PhasegateAwaiting --type KeywordList`
      ) as string,
    });
  });

  it('without the namespace that TEMPORAL_NAMESPACE names is refused with both names', async () => {
    await expect(startWith({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'nowhere' })).rejects.toThrow(
      `the Temporal server at ${address} has no namespace nowhere`
    );
  });
});
