import type { Execution, Failure, Task } from './execution.js';

/** Failures as a server reports them to the workflow that waits. */
export function activityFailure({ type, seq }: Task, cause: Failure): Failure {
  const activityFailureInfo = { activityType: { name: type }, activityId: `${seq}`, identity: '', retryState: 1 };
  return { message: 'Activity task failed', activityFailureInfo, cause };
}

export function childFailure({ identity }: Execution, cause: Failure): Failure {
  const { type, workflowId, runId } = identity;
  const childWorkflowExecutionFailureInfo = {
    namespace: '',
    workflowExecution: { workflowId, runId },
    workflowType: { name: type },
    retryState: 1,
  };
  return { message: 'Child Workflow execution failed', childWorkflowExecutionFailureInfo, cause };
}

export const cancelled: Failure = { message: 'cancelled', canceledFailureInfo: {} };
export const terminated: Failure = { message: 'terminated', terminatedFailureInfo: {} };

export function refusal(message: string, type = 'ModelError'): Failure {
  return { message, applicationFailureInfo: { type, nonRetryable: true } };
}
