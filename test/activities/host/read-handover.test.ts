import { ServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { readHandover } from '../../../src/activities/host/read-handover.js';
import { grpcError } from '../../support/grpc-error.js';

const workflowId = 'migration/e/p/alert/latency';
const handover = { schemaVersion: 1 };

/** A server on which the workflow has ended so, for this run. */
function server(status: string, run: string): { client: Client; asked: string[] } {
  const asked: string[] = [];
  const typedSearchAttributes = { get: () => run };
  const getHandle = (_id: string, runId = 'the latest'): object => ({
    describe: () =>
      status === ''
        ? Promise.reject(new WorkflowNotFoundError('none', workflowId, undefined))
        : Promise.resolve({ runId: 'its run', status: { name: status }, typedSearchAttributes }),
    query: (name: string) => {
      asked.push(`${name} of ${runId}`);
      return Promise.resolve(handover);
    },
  });
  return { client: { workflow: { getHandle } } as unknown as Client, asked };
}

it.each(['TERMINATED', 'FAILED', 'TIMED_OUT', 'CANCELLED'])(
  'what a workflow had come to is read: %s',
  async (status) => {
    const { client, asked } = server(status, 'r');
    expect(await readHandover(client, { workflowId, run: 'r' })).toEqual({ lost: true, handover });
    expect(asked).toEqual(['handover of its run']);
  }
);

it('nothing is lost of one that was ended before it began, and else it is asked again', async () => {
  const answering = (code: number): Client => {
    const { client } = server('TERMINATED', 'r');
    const cause = grpcError(code, 'not ready');
    const query = (): Promise<never> => Promise.reject(new ServiceError('no answer', { cause }));
    return {
      workflow: { getHandle: (id: string) => ({ ...client.workflow.getHandle(id), query }) },
    } as unknown as Client;
  };
  expect(await readHandover(answering(9), { workflowId, run: 'r' })).toEqual({ lost: false });
  await expect(readHandover(answering(4), { workflowId, run: 'r' })).rejects.toThrow('no answer');
});

it.each([
  ['is open', 'RUNNING', 'r'],
  ['ended by itself', 'COMPLETED', 'r'],
  ['is of another run', 'TERMINATED', 'another'],
  ['never was', '', 'r'],
])('nothing is lost of one that %s', async (_what, status, run) => {
  const { client, asked } = server(status, run);
  expect(await readHandover(client, { workflowId, run: 'r' })).toEqual({ lost: false });
  expect(asked).toEqual([]);
});
