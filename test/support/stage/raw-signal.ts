import type { Client, WorkflowHandle } from '@temporalio/client';

/** Sends a signal whose payloads no converter made, as somebody with another tool might. */
export async function sendRaw(
  client: Client,
  to: WorkflowHandle,
  signalName: string,
  payloads: Array<{ encoding: string; data: string }>
): Promise<void> {
  await client.connection.workflowService.signalWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: to.workflowId },
    signalName,
    input: {
      payloads: payloads.map(({ encoding, data }) => ({
        metadata: { encoding: Buffer.from(encoding) },
        data: Buffer.from(data),
      })),
    },
  });
}
