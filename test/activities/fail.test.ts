import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { fail } from '../../src/activities/fail.js';

describe('the failure of an activity', () => {
  it('names its run in the command to type next', async () => {
    const workflowExecution = { workflowId: 'migration/demo/plan/phase/1a', runId: 'r' };
    const message = await new MockActivityEnvironment({ workflowExecution }).run(
      async () => fail('PG304', 'exit 1').message
    );
    expect(message).toBe('exit 1. Read the output: phasegate report demo/plan');
  });

  it('leaves what the message itself says as it is', async () => {
    const workflowExecution = { workflowId: 'migration/demo/plan', runId: 'r' };
    const message = await new MockActivityEnvironment({ workflowExecution }).run(
      async () => fail('PG304', 'it printed RUN').message
    );
    expect(message).toContain('it printed RUN.');
  });
});
