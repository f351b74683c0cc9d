import { randomUUID } from 'node:crypto';
import { ActivityCancellationDetails } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, NativeConnection } from '@temporalio/worker';
import { Client } from '@temporalio/client';
import { expect, it, onTestFinished } from 'vitest';
import { currentScope } from '../../src/activities/scope.js';
import { sharedServer } from '../support/shared-server.js';
import { until } from '../support/until.js';

it('an activity that the server knows no more leaves its work to a next attempt until its workflow is terminated', async () => {
  const { address, namespace } = sharedServer();
  const connection = await NativeConnection.connect({ address });
  onTestFinished(() => connection.close());
  const client = new Client({ connection, namespace });
  const workflowId = `terminated-${randomUUID().slice(0, 8)}`;
  const handle = await client.workflow.start('nobody', { workflowId, taskQueue: workflowId });
  const workflowExecution = { workflowId, runId: handle.firstExecutionRunId };
  const gaveUp = async (): Promise<boolean> => {
    const attempt = new MockActivityEnvironment({ workflowExecution }, { client, logger: new DefaultLogger('ERROR') });
    return attempt.run(() => {
      attempt.cancel('NOT_FOUND', new ActivityCancellationDetails({ notFound: true }));
      return currentScope().handedOver();
    });
  };
  expect(await gaveUp()).toBe(true);
  await handle.terminate();
  // A server that does not answer within a second leaves it open.
  await until('the end to be known', async () => !(await gaveUp()));
});
