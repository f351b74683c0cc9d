import { isGrpcServiceError, ServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { searchAttributes } from '../../plan/search-attributes.js';
import { handoverQuery } from '../../plan/wire.js';
import type { HandoverRead } from '../contract.js';

/** An alert that closed, and an incident whose post-mortem is done, need nobody who goes on with them. */
const notLost: readonly string[] = ['RUNNING', 'COMPLETED'];

/** What its last execution would have handed over: a workflow that has ended still answers, as long as it is kept. */
export async function readHandover(
  client: Client,
  { workflowId, run }: { workflowId: string; run: string }
): Promise<HandoverRead> {
  try {
    const { runId, status, typedSearchAttributes } = await client.workflow.getHandle(workflowId).describe();
    const isOfRun = typedSearchAttributes.get(searchAttributes.run) === run;
    if (!isOfRun || notLost.includes(status.name)) return { lost: false };
    return { lost: true, handover: await client.workflow.getHandle(workflowId, runId).query(handoverQuery) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || neverBegan(error)) return { lost: false };
    throw error;
  }
}

/** gRPC's: one that was ended before its first task answers nothing, and has told nobody anything. */
const failedPrecondition = 9;

function neverBegan(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : undefined;
  return isGrpcServiceError(cause) && cause.code === failedPrecondition;
}
