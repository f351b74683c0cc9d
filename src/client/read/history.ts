import type { temporal } from '@temporalio/proto';
import type { Link } from '../connection/link.js';
import { decodePayloads } from './payloads.js';
import type { RunRef } from './snapshot.js';

/** One activity as the history has it: asked for, and perhaps answered. */
export interface ActivityFact {
  type: string;
  input: unknown;
  result?: unknown;
  failure?: string;
  scheduledAt: number;
  endedAt?: number;
}

/** What somebody sent: as an update that was answered without an error, or as a signal, of which nobody says what became. */
export interface MessageFact {
  name: string;
  input: unknown;
  how: 'update' | 'signal';
  at: number;
}

/** What a history says without replaying it. Times are epoch ms. */
export interface HistoryFacts extends RunRef {
  input: unknown;
  startedAt: number;
  endedAt?: number;
  activities: ActivityFact[];
  /** In their order. */
  messages: MessageFact[];
  /** The workflow's result: what it returned or failed with. */
  result?: unknown;
}

type Event = temporal.api.history.v1.IHistoryEvent;

/** Reads a whole history; phasegate's are small by design. */
export async function readHistory(link: Link, run: RunRef): Promise<HistoryFacts> {
  const handle = link.temporal.workflow.getHandle(run.workflowId, run.runId);
  const { events } = await link.call(`history of ${run.workflowId}`, () => handle.fetchHistory());
  return projectHistory(link, run, events ?? []);
}

/** The first argument that an execution was started with. */
export async function readInput(link: Link, run: RunRef): Promise<unknown> {
  const { workflowService } = link.temporal.connection;
  const response = await link.call(`input of ${run.workflowId}`, () =>
    workflowService.getWorkflowExecutionHistory({
      namespace: link.settings.namespace,
      execution: run,
      maximumPageSize: 1,
    })
  );
  const started = response.history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  return (await decodePayloads(link, started?.input?.payloads))[0];
}

/** What an execution returned, or failed with; undefined where it is open, or has neither. */
export async function readResult(link: Link, run: RunRef): Promise<unknown> {
  const { workflowService } = link.temporal.connection;
  const response = await link.call(`result of ${run.workflowId}`, () =>
    workflowService.getWorkflowExecutionHistory({
      namespace: link.settings.namespace,
      execution: run,
      historyEventFilterType: closeEvent,
    })
  );
  const last = response.history?.events?.at(-1);
  return last && (await decodePayloads(link, resultOf(last)?.payloads))[0];
}

/** HistoryEventFilterType. */
const closeEvent = 2;

async function projectHistory(link: Link, run: RunRef, events: readonly Event[]): Promise<HistoryFacts> {
  const activities = new Map<string, ActivityFact>();
  const facts: HistoryFacts = {
    ...run,
    input: undefined,
    startedAt: timeOf(events[0]),
    activities: [],
    messages: [],
  };
  const accepted = new Map<string, MessageFact>();
  for (const event of events) {
    const started = event.workflowExecutionStartedEventAttributes;
    if (started) facts.input = (await decodePayloads(link, started.input?.payloads))[0];

    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const [input] = await decodePayloads(link, scheduled.input?.payloads);
      activities.set(String(event.eventId), {
        type: scheduled.activityType?.name ?? '',
        input,
        scheduledAt: timeOf(event),
      });
    }

    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    const fact = ended && activities.get(String(ended.scheduledEventId));
    if (fact) {
      fact.endedAt = timeOf(event);
      const completed = event.activityTaskCompletedEventAttributes;
      if (completed) fact.result = (await decodePayloads(link, completed.result?.payloads))[0];
      else fact.failure = failureOf(event);
    }

    const request = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    const signal = event.workflowExecutionSignaledEventAttributes;
    const sent = request
      ? { ...request, how: 'update' as const }
      : signal && { ...messageIn(signal), how: 'signal' as const };
    if (sent) {
      const [input] = await decodePayloads(link, sent.args?.payloads);
      const message = { name: sent.name ?? '', input, how: sent.how, at: timeOf(event) };
      if (sent.how === 'update') accepted.set(String(event.eventId), message);
      else facts.messages.push(message);
    }
    const replied = event.workflowExecutionUpdateCompletedEventAttributes;
    const taken = replied?.outcome?.success && accepted.get(String(replied.acceptedEventId));
    if (taken) facts.messages.push(taken);

    const answer = resultOf(event);
    if (answer) facts.result = (await decodePayloads(link, answer.payloads))[0];
    if (closes(event)) facts.endedAt = timeOf(event);
  }
  facts.activities = [...activities.values()];
  return facts;
}

function messageIn({ signalName, input }: temporal.api.history.v1.IWorkflowExecutionSignaledEventAttributes): {
  name: string;
  args: temporal.api.common.v1.IPayloads | undefined;
} {
  return { name: signalName ?? '', args: input ?? undefined };
}

function closes(event: Event): boolean {
  return Boolean(
    event.workflowExecutionCompletedEventAttributes ??
    event.workflowExecutionFailedEventAttributes ??
    event.workflowExecutionCanceledEventAttributes ??
    event.workflowExecutionTerminatedEventAttributes ??
    event.workflowExecutionTimedOutEventAttributes ??
    event.workflowExecutionContinuedAsNewEventAttributes
  );
}

/** What a workflow returned; one that failed carries its result as the detail of its failure. */
function resultOf(event: Event): temporal.api.common.v1.IPayloads | null | undefined {
  const failure = event.workflowExecutionFailedEventAttributes?.failure;
  return event.workflowExecutionCompletedEventAttributes?.result ?? failure?.applicationFailureInfo?.details;
}

function failureOf(event: Event): string {
  const failure =
    event.activityTaskFailedEventAttributes?.failure ?? event.activityTaskTimedOutEventAttributes?.failure;
  const cause = failure?.cause?.message;
  return [failure?.message ?? 'cancelled', cause]
    .filter((text) => text !== undefined && text !== null && text !== '')
    .join(': ');
}

function timeOf(event: Event | undefined): number {
  const time = event?.eventTime;
  return Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1e6);
}
