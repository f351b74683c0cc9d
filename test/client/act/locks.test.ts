import { describe, expect, it } from 'vitest';
import { lockHolders } from '../../../src/client/act/locks.js';
import type { Link } from '../../../src/client/connection/link.js';
import { grpcError } from '../../support/grpc-error.js';

/** As the SDK throws it. */
function grpc(code: number, details: string): Error {
  return new Error('Failed to query Workflow', { cause: grpcError(code, details) });
}

function linkThat(fails: Error): Link {
  const link = {
    temporal: { workflow: { getHandle: () => ({ query: () => Promise.reject(fails) }) } },
    ask: (_what: string, work: () => Promise<unknown>) => work(),
  };
  return link as unknown as Link;
}

describe('who holds what in an environment', () => {
  it.each([
    ['whose first task no worker has taken', 9],
    ['that has more queries under way than the server takes', 8],
    ['that the server is about to move', 10],
  ])('is not known of a workflow %s', async (_, code) => {
    expect(await lockHolders(linkThat(grpc(code, 'in a moment')), 'lab')).toBeUndefined();
  });

  it('is nobody before the first run', async () => {
    expect(await lockHolders(linkThat(grpc(5, 'no such workflow')), 'lab')).toEqual({});
  });

  it('is told by no worker that cannot go on with it', async () => {
    await expect(lockHolders(linkThat(grpc(3, 'unknown query')), 'lab')).rejects.toThrow('Failed to query Workflow');
  });
});
