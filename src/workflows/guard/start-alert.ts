import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { alertWorkflowId } from '../../plan/names.js';
import type { AlertInput } from '../../plan/run-input.js';
import { searchAttributes } from '../../plan/search-attributes.js';

/** False when one is open, as of an earlier guard. */
export async function startAlert(input: AlertInput): Promise<boolean> {
  const { run, key, environment } = input;
  try {
    await startChild('alert', {
      workflowId: alertWorkflowId(run.workflowId, key),
      args: [input],
      // It goes on when the guard begins its next execution, and when the run is over.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      // It stays as it is: how the metric stands is told by the details, which follow it.
      staticSummary: `Alert: ${key}, ${run.planTitle}`.slice(0, 180),
      typedSearchAttributes: [
        { key: searchAttributes.plan, value: run.planId },
        { key: searchAttributes.environment, value: environment.id },
        { key: searchAttributes.run, value: run.runId },
        { key: searchAttributes.status, value: 'running' },
      ],
    });
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return false;
  }
}
