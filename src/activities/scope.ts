import { Context, type Info } from '@temporalio/activity';

/** The undo of what a terminated workflow began does not wait for long. */
const askMs = 1_000;

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
   * False when its workflow was ended from outside, as by a terminate: no attempt is to come.
   */
  handedOver(): Promise<boolean>;
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
    handedOver: async () => {
      const why = context.cancellationDetails;
      if (why === undefined || why.cancelRequested) return false;
      return !why.notFound || !(await workflowHasEnded(context));
    },
  };
}

/** By the latest execution: after a reset that one tries the activity again. Where the server does not say, it goes on. */
async function workflowHasEnded(context: Context): Promise<boolean> {
  const workflowId = context.info.workflowExecution?.workflowId;
  if (workflowId === undefined) return false;
  try {
    const { client } = context;
    // A signal of its own: that of the activity, which ends such calls, is aborted already.
    const latest = await client.withAbortSignal(AbortSignal.timeout(askMs), () =>
      client.workflow.getHandle(workflowId).describe()
    );
    return latest.closeTime !== undefined;
  } catch {
    return false;
  }
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
