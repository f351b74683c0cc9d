import { Connection } from '@temporalio/client';
import { msNumberToTs } from '@temporalio/common/lib/time.js';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { phasegate } from './binary.js';
import { documents } from './documents.js';

describe('a namespace without our search attributes', () => {
  it.each(['start', 'list'])('is told by %s with the command that adds them, exit code 8', async (verb) => {
    const connection = await Connection.connect({ address: inject('temporalAddress') });
    onTestFinished(() => connection.close());
    const namespace = `bare-${verb}-${process.pid}`;
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msNumberToTs(86_400_000),
    });
    const args = verb === 'start' ? [verb, ...documents('bare').args, '--yes', '-q'] : [verb];
    const { code, stderr } = await phasegate([...args, '--namespace', namespace]);
    expect(stderr).toContain(`temporal operator search-attribute create --namespace ${namespace} --name PhasegatePlan`);
    expect(code).toBe(8);
  });
});
