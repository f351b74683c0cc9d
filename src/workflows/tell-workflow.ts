import { getExternalWorkflowHandle, isCancellation, TemporalFailure } from '@temporalio/workflow';

/**
 * Signals another workflow.
 *
 * @param to with a run id: its first execution; without: whichever is open, since after a reset another one stands there
 * @returns why it has not heard it (it has ended, or takes no more); undefined when it has
 * @throws CancelledFailure when the caller is cancelled: then nobody knows whether it has heard it
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
  if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error;
  return error.message;
}
