import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, it, onTestFinished } from 'vitest';
import { createHostActivities } from '../../../src/activities/host/index.js';
import { locksWorkflowId } from '../../../src/plan/names.js';
import { sharedServer } from '../../support/shared-server.js';
import { until } from '../../support/until.js';

it('an activity that waits for locks, which nobody else would give, ends with its worker', async () => {
  const { address, namespace } = sharedServer();
  const connection = await Connection.connect({ address });
  onTestFinished(() => connection.close());
  const client = new Client({ connection, namespace });
  const environment = `stopped-${randomUUID().slice(0, 8)}`;
  const holder = { run: 'migration/test/plan', runId: 'r', startedBy: 'dana', since: 0 };
  const worker = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const host = createHostActivities(client);
  const asked = worker.run(() => host.acquireLocks({ environment, keys: ['flag/CORE'], holder }));
  asked.catch(() => undefined);
  const locks = client.workflow.getHandle(locksWorkflowId(environment));
  await until('the locks, which no worker works for', () =>
    locks.describe().then(
      () => true,
      () => false
    )
  );
  onTestFinished(async () => void (await locks.terminate()));
  worker.cancel('WORKER_SHUTDOWN');
  await expect(asked).rejects.toThrow(CancelledFailure);
});
