import { Context, type Info } from '@temporalio/activity';

/** What an activity needs to know of the Temporal call that it answers. */
export interface Scope {
  workflowId: string;
  runId: string;
  activityId: string;
  /** From 1; counts Temporal's retries of the same activity. */
  attempt: number;
  /** Epoch ms at which the server scheduled the activity; the same for all its attempts. */
  scheduledAt: number;
  /** What was left of the time for all attempts when this one was scheduled, in ms; Infinity where that has no end. */
  timeLeftMs: number;
  /** Details of the last heartbeat of an earlier attempt. */
  heartbeatDetails: unknown;
  heartbeat(details?: unknown): void;
  /** Aborted when the activity is cancelled, for whatever reason. */
  signal: AbortSignal;
  /** Rejects with Temporal's CancelledFailure. */
  cancelled: Promise<never>;
  /**
   * True when the activity ends for another reason than that a cancel was asked for: worker shutdown, time-out, pause,
   * reset, or a server that gave the attempt up while it could not be reached. Leave work for the next attempt to find.
   */
  handedOver(): boolean;
}

/** The scope of the activity that is running now. */
export function currentScope(): Scope {
  const context = Context.current();
  const { info } = context;
  return {
    workflowId: info.workflowExecution?.workflowId ?? '',
    runId: info.workflowExecution?.runId ?? '',
    activityId: info.activityId,
    attempt: info.attempt,
    scheduledAt: info.scheduledTimestampMs,
    timeLeftMs: timeLeft(info),
    heartbeatDetails: info.heartbeatDetails,
    heartbeat: (details) => context.heartbeat(details),
    signal: context.cancellationSignal,
    cancelled: context.cancelled,
    handedOver: () => {
      const why = context.cancellationDetails;
      return why !== undefined && !why.cancelRequested;
    },
  };
}

/** By the server's times alone: a worker's clock may be off. */
function timeLeft({
  scheduleToCloseTimeoutMs: all,
  scheduledTimestampMs,
  currentAttemptScheduledTimestampMs,
}: Info): number {
  return all > 0 ? all - (currentAttemptScheduledTimestampMs - scheduledTimestampMs) : Infinity;
}

/** The workflow id of the run that an activity works for: phases, rollbacks and others are called `<run>/<kind>/<name>`. */
export function runOf({ workflowId }: Pick<Scope, 'workflowId'>): string {
  return workflowId.split('/').slice(0, 3).join('/');
}
