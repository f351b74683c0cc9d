import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { sendMessage, type Sent } from '../../../src/client/act/send.js';
import { NoAnswer } from '../../../src/client/connection/failures.js';
import type { Link } from '../../../src/client/connection/link.js';

/** A link to a workflow that is closed by now, where the update's answer was lost on its way. */
function closedMeanwhile(result: () => Promise<unknown>): { link: Link; asked: string[] } {
  const asked: string[] = [];
  const handle = {
    executeUpdate: (_name: string, { updateId }: { updateId: string }) => {
      asked.push(updateId);
      return Promise.reject(new NoAnswer('the update'));
    },
    signal: () => Promise.reject(new WorkflowNotFoundError('closed', 'migration/lab/plan/phase/1a', 'r')),
    getUpdateHandle: (updateId: string) => ({ result: () => (asked.push(updateId), result()) }),
  };
  const link = {
    temporal: { workflow: { getHandle: () => handle } },
    call: (_what: string, work: () => Promise<unknown>) => work(),
    ask: (_what: string, work: () => Promise<unknown>) => work(),
  };
  return { link: link as unknown as Link, asked };
}

function approve(link: Link): Promise<Sent> {
  const to = { workflowId: 'migration/lab/plan/phase/1a', runId: 'r' };
  return sendMessage(link, to, 'approve', { by: 'erin', gate: '1a/approval#1' });
}

describe('a decision that closed its phase while its answer was lost', () => {
  it('is told as it was answered, not as one that came too late', async () => {
    const { link, asked } = closedMeanwhile(() => Promise.resolve({ message: 'approved', repeated: false }));
    expect(await approve(link)).toMatchObject({ how: 'update', text: 'approved', repeated: false });
    expect(asked).toHaveLength(2);
    expect(asked[1]).toBe(asked[0]);
  });

  it('and was refused there is told with that refusal', async () => {
    const refused = ApplicationFailure.create({ type: 'PG208', message: 'erin is no approver' });
    const { link } = closedMeanwhile(() => Promise.reject(new WorkflowUpdateFailedError('failed', refused)));
    await expect(approve(link)).rejects.toMatchObject({ code: 'PG208', message: 'erin is no approver' });
  });

  it.each([
    ['never got there', () => new WorkflowNotFoundError('no such update', 'w', 'r')],
    ['gives no answer in time', () => new NoAnswer('what became of it')],
  ])('and %s is PG213: the phase has ended', async (_, error) => {
    const { link } = closedMeanwhile(() => Promise.reject(error()));
    await expect(approve(link)).rejects.toMatchObject({ code: 'PG213' });
  });
});
