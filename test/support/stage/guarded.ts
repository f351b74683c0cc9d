import type { WorkflowHandle } from '@temporalio/client';
import { decodePayloads } from '../../../src/client/read/payloads.js';
import type { GuardSpec, Metric, Phase, Plan } from '../../../src/plan/model.js';
import { alertWorkflowId, guardWorkflowId } from '../../../src/plan/names.js';
import type { AlertInput } from '../../../src/plan/run-input.js';
import type { LevelNews } from '../../../src/plan/trouble.js';
import type { GuardStatus } from '../../../src/plan/watch-status.js';
import { linkOf } from './link.js';
import { plan, span } from './plans.js';
import type { Stage } from './stage.js';
import { door } from './world.js';

/** A red metric with every threshold, and an amber one. */
export const guardedMetrics: Record<string, Metric> = {
  success: {
    name: 'success',
    description: 'share of good answers',
    unit: 'ratio',
    priority: 'red',
    target: { op: '>', value: 0.95, text: '> 95%' },
    warning: { op: '<', value: 0.9, text: '< 90%' },
    critical: { op: '<', value: 0.8, text: '< 80%' },
    gates: true,
  },
  latency: {
    name: 'latency',
    description: 'time to answer',
    unit: 'seconds',
    priority: 'amber',
    warning: { op: '>', value: 3, text: '> 3s' },
    critical: { op: '>', value: 5, text: '> 5s' },
    gates: true,
  },
};

/** A plan under guard, which looks ten times a second. */
export function guardedPlan(phases: Phase[], change: Partial<Plan> = {}, guard: Partial<GuardSpec> = {}): Plan {
  const every = span(100);
  const spec = { every, inARow: 2, recoveredInARow: 3, missingInARow: 5, metrics: ['success', 'latency'], ...guard };
  return plan(phases, { metrics: guardedMetrics, guard: spec, ...change });
}

export function guardHandle(stage: Stage): WorkflowHandle {
  return stage.handleOf(guardWorkflowId(stage.id));
}

export function guardStatus(stage: Stage): Promise<GuardStatus> {
  return guardHandle(stage).query<GuardStatus>('status');
}

export function alertHandle(stage: Stage, key: string): WorkflowHandle {
  return stage.handleOf(alertWorkflowId(stage.id, key));
}

/** The store takes no evidence of a guard until the door is opened. */
export function keepsBackTheGuard({ world }: Stage): ReturnType<typeof door> {
  const keeping = door();
  world.onRecord = (document) =>
    (document as { origin?: { address: string } }).origin?.address === 'guard' ? keeping.wait() : undefined;
  return keeping;
}

/** What an alert was started with and told since, by its history: whatever it makes of it. */
export async function alertStory(stage: Stage, key: string): Promise<{ input: AlertInput; levels: string[] }> {
  const { events = [] } = await alertHandle(stage, key).fetchHistory();
  const link = linkOf(stage);
  const read = async <T>(payloads: Parameters<typeof decodePayloads>[1]): Promise<T> =>
    (await decodePayloads(link, payloads))[0] as T;
  const input = await read<AlertInput>(events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads);
  const told: string[] = [input.news.level];
  for (const { workflowExecutionSignaledEventAttributes: signal } of events ?? []) {
    if (signal?.signalName === 'level') told.push((await read<LevelNews>(signal.input?.payloads)).level);
  }
  return { input, levels: told };
}
