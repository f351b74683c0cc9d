import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { expect } from 'vitest';

/** What a workflow's history has come to. */
export interface Size {
  events: number;
  bytes: number;
  signals: number;
  /** Events by which it did something, such as asking who somebody is: neither signals nor workflow tasks. */
  acts: number;
  /** Signals of others' that it handed on, and that arrived. */
  handedOn: number;
  /** Tasks that the server refused since they left too much under way: it refuses them every time again. */
  tooMuch: number;
}

const tooMuchUnderWay = /_PENDING_.*_LIMIT_EXCEEDED$/;

export async function sizeOf(handle: WorkflowHandle): Promise<Size> {
  const { raw } = await handle.describe();
  const events = (await handle.fetchHistory()).events ?? [];
  return {
    events: events.length,
    bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
    signals: events.filter((event) => event.workflowExecutionSignaledEventAttributes).length,
    acts: events.filter((event) => !event.workflowExecutionSignaledEventAttributes && !isOfTask(event)).length,
    handedOn: events.filter((event) => event.externalWorkflowExecutionSignaledEventAttributes).length,
    tooMuch: events.filter(({ workflowTaskFailedEventAttributes: failed }) =>
      tooMuchUnderWay.test(temporal.api.enums.v1.WorkflowTaskFailedCause[failed?.cause ?? 0] ?? '')
    ).length,
  };
}

function isOfTask(event: temporal.api.history.v1.IHistoryEvent): boolean {
  return [
    event.workflowTaskScheduledEventAttributes,
    event.workflowTaskStartedEventAttributes,
    event.workflowTaskCompletedEventAttributes,
    event.workflowTaskFailedEventAttributes,
    event.workflowTaskTimedOutEventAttributes,
  ].some(Boolean);
}

/** What it may cost to learn who sent a signal, or to hand it on: an activity of three events. */
const actsEach = 3;
/** Signals for which a workflow does more than refusing them, as its turnstile says. */
const mostForSignals = 1000;
/** What it does for itself: its steps, its telling and asking. */
const ownActs = 200;
/** Measured: 307 and 438 bytes for each of 10,000 random ones. */
const bytesEach = 1024;

/**
 * A history grows by the signals themselves, whatever they say, and by what the workflow does for the first thousand.
 * Each event may have a workflow task of its own, of three more; then 10,000 signals stay below the 51,200 events at
 * which the server ends a workflow by force.
 *
 * @param forSignals the most signals for which it may do anything
 */
export function expectBounded({ events, bytes, signals, acts, tooMuch }: Size, forSignals = mostForSignals): void {
  const mostActs = ownActs + actsEach * Math.min(signals, forSignals);
  expect(tooMuch).toBe(0);
  expect(acts).toBeLessThanOrEqual(mostActs);
  expect(events).toBeLessThanOrEqual(4 * (signals + acts));
  expect(bytes).toBeLessThanOrEqual(bytesEach * (signals + mostActs));
}
