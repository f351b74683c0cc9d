import { WorkflowNotFoundError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import type { ExecutionHistory, HistoryActivity } from '../../plan/ledger-history.js';

/** One execution, with its activities in the order in which they were scheduled. */
export interface ReadExecution extends ExecutionHistory {
  /** Whether it was still at work when its history was read. */
  isOpen: boolean;
  /** A worker has worked for it. */
  hasBegun: boolean;
  /** When it began to write events of its own, epoch ms by the server's clock: one that a reset made begins there. */
  begunAt: number;
}

export async function readExecution(
  client: Client,
  execution: { workflowId: string; runId: string }
): Promise<ReadExecution> {
  const history = await client.workflow.getHandle(execution.workflowId, execution.runId).fetchHistory();
  const first = async (payloads: Payload[] | null | undefined): Promise<unknown> =>
    (await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads))[0];
  const found = new Map<string, HistoryActivity>();
  const told: { input?: unknown; result?: unknown } = {};
  for (const event of history.events ?? []) {
    const started = event.workflowExecutionStartedEventAttributes;
    if (started) told.input = await first(started.input?.payloads);
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) found.set(String(event.eventId), { type: scheduled.activityType?.name ?? '' });
    const completed = event.activityTaskCompletedEventAttributes;
    const activity = completed && found.get(String(completed.scheduledEventId));
    if (activity) activity.result = await first(completed.result?.payloads);
    const ended = event.workflowExecutionCompletedEventAttributes;
    if (ended) told.result = await first(ended.result?.payloads);
  }
  const last = history.events?.at(-1);
  return {
    isOpen: last === undefined || !isEnd(last),
    hasBegun: history.events?.some((event) => event.workflowTaskCompletedEventAttributes) ?? false,
    startedAt: timeOf(history.events?.[0]),
    begunAt: timeOf(history.events?.findLast(isReset) ?? history.events?.[0]),
    ...told,
    activities: [...found.values()],
  };
}

type Event = temporal.api.history.v1.IHistoryEvent;

/** WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW: the server writes it behind what a reset copied. */
const resetCause = 20;

function isReset({ workflowTaskFailedEventAttributes: failed }: Event): boolean {
  return failed?.cause === resetCause;
}

function timeOf(event: Event | undefined): number {
  return optionalTsToMs(event?.eventTime) ?? 0;
}

function isEnd(event: Event): boolean {
  return [
    event.workflowExecutionCompletedEventAttributes,
    event.workflowExecutionFailedEventAttributes,
    event.workflowExecutionCanceledEventAttributes,
    event.workflowExecutionTerminatedEventAttributes,
    event.workflowExecutionTimedOutEventAttributes,
    event.workflowExecutionContinuedAsNewEventAttributes,
  ].some((attributes) => attributes !== undefined && attributes !== null);
}

/**
 * All executions of a workflow id that belong to one run, in the order of what each of them did: a reset makes another
 * one, which begins with a copy of what came before. The visibility store may be a moment behind, so the latest is asked
 * for by its id.
 */
export async function executionsOf(client: Client, workflowId: string, run: string): Promise<ReadExecution[]> {
  const runIds = new Set((await listExecutions(client, workflowId, run)).map(({ runId }) => runId));
  const latest = await latestOf(client, workflowId);
  if (latest !== undefined) runIds.add(latest);
  const executions = await Promise.all([...runIds].map((runId) => readExecution(client, { workflowId, runId })));
  return executions.toSorted((a, b) => a.begunAt - b.begunAt);
}

/** All executions of a workflow id that belong to one run, oldest first, as the visibility store knows them. */
export async function listExecutions(
  client: Client,
  workflowId: string,
  run: string
): Promise<Array<Pick<WorkflowExecutionInfo, 'runId' | 'status' | 'startTime'>>> {
  const query = `WorkflowId = ${quoted(workflowId)} AND PhasegateRun = ${quoted(run)}`;
  const found: WorkflowExecutionInfo[] = [];
  for await (const info of client.workflow.list({ query })) found.push(info);
  return found.toSorted((a, b) => a.startTime.getTime() - b.startTime.getTime());
}

async function latestOf(client: Client, workflowId: string): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).runId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
