import type { WorkflowExecutionStatusName } from '@temporalio/client';
import { readRemovedFlags } from '../../plan/activity-answers.js';
import type { RemovedFlag } from '../../plan/cleanup/course.js';
import type { Outcome } from '../../plan/outcome.js';
import { outcomeKinds } from '../../plan/outcome.js';
import { runStates, type RunState } from '../../plan/run-status.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import { PhasegateError } from '../../plan/errors.js';
import { isNotFound } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { decodePayloads } from './payloads.js';
import { runUnknown } from './unknown.js';
import type { RunRef } from './snapshot.js';

/** What Temporal itself knows of an execution; no worker is asked. */
export interface Described extends RunRef {
  /** Of the execution that was started: a reset puts another one in its place, which is still the same run. */
  firstRunId: string;
  type: string;
  status: WorkflowExecutionStatusName;
  open: boolean;
  startedAt: number;
  closedAt?: number;
  /** PhasegateStatus, as last set by the workflow. */
  state?: RunState;
  phase?: string;
  /** PhasegateRun: run id of the migration that it belongs to. */
  run?: string;
  /** Of a clean-up: the flags that it removed, or began to. */
  removed?: RemovedFlag[];
  awaiting: string[];
  deadlineAt?: number;
  outcome?: Outcome;
  /** The build whose workers alone can go on with it; not set where it moves on with the current one. */
  pinnedTo?: string;
  children: Array<RunRef & { type: string }>;
  activities: PendingActivity[];
}

/** VersioningBehavior. */
const pinned = 1;
/** PendingActivityState: no worker has it. */
const scheduled = 1;

export interface PendingActivity {
  type: string;
  attempt: number;
  heartbeat?: unknown;
  heartbeatAt?: number;
  failure?: string;
  /** The task queue in which it waits for a worker; not set while one works on it. */
  waitsIn?: string;
}

/** @throws PhasegateError PG403 when there is no such execution */
export async function describeRun(link: Link, workflowId: string, runId?: string): Promise<Described> {
  const description = await link
    .call(`describe ${workflowId}`, () => link.temporal.workflow.getHandle(workflowId, runId).describe())
    .catch((error: unknown) => {
      throw isNotFound(error) ? runUnknown(workflowId, error) : error;
    });
  const attributes = description.typedSearchAttributes;
  const state = attributes.get(searchAttributes.status);
  const phase = attributes.get(searchAttributes.phase);
  const deadline = attributes.get(searchAttributes.deadline);
  const outcome = outcomeOf(description.memo);
  const run = attributes.get(searchAttributes.run);
  const removed = readRemovedFlags(description.memo?.['removed']);
  const pinnedTo = pinnedBuild(description.raw.workflowExecutionInfo?.versioningInfo);
  return {
    workflowId: description.workflowId,
    runId: description.runId,
    firstRunId: description.raw.workflowExecutionInfo?.firstRunId || description.runId,
    type: description.type,
    status: description.status.name,
    open: description.status.name === 'RUNNING' || description.status.name === 'PAUSED',
    startedAt: description.startTime.getTime(),
    ...(description.closeTime ? { closedAt: description.closeTime.getTime() } : {}),
    ...(isRunState(state) ? { state } : {}),
    ...(phase === undefined ? {} : { phase }),
    ...(run === undefined ? {} : { run }),
    ...(removed ? { removed } : {}),
    awaiting: attributes.get(searchAttributes.awaiting) ?? [],
    ...(deadline ? { deadlineAt: deadline.getTime() } : {}),
    ...(outcome ? { outcome } : {}),
    ...(pinnedTo === undefined ? {} : { pinnedTo }),
    children: (description.raw.pendingChildren ?? []).map((child) => ({
      workflowId: child.workflowId ?? '',
      runId: child.runId ?? '',
      type: child.workflowTypeName ?? '',
    })),
    activities: await Promise.all(
      (description.raw.pendingActivities ?? []).map((pending) => pendingActivity(link, pending))
    ),
  };
}

/**
 * The newest execution of this workflow id; undefined when there is none that belongs to this run.
 *
 * @param firstRunId of the run; absent: whichever has the id now
 */
export async function describeIfOf(
  link: Link,
  workflowId: string,
  firstRunId?: string
): Promise<Described | undefined> {
  try {
    const found = await describeRun(link, workflowId);
    return firstRunId === undefined || found.run === firstRunId ? found : undefined;
  } catch (error) {
    if (error instanceof PhasegateError && error.code === 'PG403') return undefined;
    throw error;
  }
}

/** The execution that now stands where this one was started: another one after a reset, else itself. */
export async function currentOf(link: Link, started: RunRef): Promise<RunRef> {
  const { workflowId, runId, firstRunId } = await describeRun(link, started.workflowId);
  return firstRunId === started.runId ? { workflowId, runId } : started;
}

type Raw = Awaited<ReturnType<ReturnType<Link['temporal']['workflow']['getHandle']>['describe']>>['raw'];
type RawPending = NonNullable<Raw['pendingActivities']>[number];
type RawVersioning = NonNullable<Raw['workflowExecutionInfo']>['versioningInfo'];

/** A person may have moved an execution to another build, or off its pin. */
function pinnedBuild(info: RawVersioning): string | undefined {
  const moved = info?.versioningOverride;
  if (moved?.autoUpgrade) return undefined;
  const version =
    moved?.pinned?.version ?? (info?.behavior === pinned || moved?.pinned ? info?.deploymentVersion : undefined);
  return version?.buildId || undefined;
}

async function pendingActivity(link: Link, pending: RawPending): Promise<PendingActivity> {
  const [heartbeat] = await decodePayloads(link, pending.heartbeatDetails?.payloads);
  const seconds = pending.lastHeartbeatTime?.seconds;
  const failure = pending.lastFailure?.message;
  const waitsIn = pending.state === scheduled ? pending.activityOptions?.taskQueue?.name : undefined;
  return {
    type: pending.activityType?.name ?? '',
    attempt: pending.attempt ?? 1,
    ...(heartbeat === undefined ? {} : { heartbeat }),
    ...(seconds === undefined || seconds === null ? {} : { heartbeatAt: Number(seconds) * 1000 }),
    ...(typeof failure === 'string' && failure !== '' ? { failure } : {}),
    ...(typeof waitsIn === 'string' && waitsIn !== '' ? { waitsIn } : {}),
  };
}

export function isRunState(value: unknown): value is RunState {
  return runStates.some((state) => state === value);
}

/** The outcome that the migration leaves in its memo as its last act. */
export function outcomeOf(memo: Record<string, unknown> | undefined): Outcome | undefined {
  const found = memo?.['outcome'];
  if (typeof found !== 'object' || found === null) return undefined;
  const { kind, reason, endedAt } = found as Partial<Outcome>;
  if (!outcomeKinds.some((known) => known === kind) || kind === undefined) return undefined;
  return { kind, reason: String(reason ?? ''), endedAt: Number(endedAt ?? 0) };
}
