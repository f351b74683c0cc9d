import { ApplicationFailure, CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow';

/** Asks whatever execution of this workflow id is open to cancel itself, also while the caller is being cancelled. */
export function cancelIfOpen(workflowId: string): Promise<void> {
  return CancellationScope.nonCancellable(async () => {
    try {
      await getExternalWorkflowHandle(workflowId).cancel();
    } catch (error) {
      // There is none: then nothing needs to be stopped.
      if (!(error instanceof ApplicationFailure)) throw error;
    }
  });
}
