import { getExternalWorkflowHandle, TemporalFailure } from '@temporalio/workflow';

/**
 * Signals another workflow. Call it in a scope that cancellation does not reach: a message that is called off half way is
 * one of which nobody knows whether it arrived.
 *
 * @param to with a run id: its first execution; without: whichever is open, since after a reset another one stands there
 * @returns why it has not heard it (it has ended, or takes no more); undefined when it has
 */
export function tellWorkflow(
  to: { workflowId: string; runId?: string },
  name: string,
  ...message: unknown[]
): Promise<string | undefined> {
  // Each further turn of the event loop between the answer and whoever waits for it would be another order of commands.
  return getExternalWorkflowHandle(to.workflowId, to.runId)
    .signal(name, ...message)
    .then(() => undefined, reasonOf);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof TemporalFailure)) throw error;
  return error.message;
}
