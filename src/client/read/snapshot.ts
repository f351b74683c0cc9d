import type { WindowHeartbeat } from '../../activities/contract.js';
import type { FrozenPlan } from '../../plan/model.js';
import type { GuardStatus, IncidentStatus } from '../../plan/watch-status.js';
import type { Gate, PhaseStatus, RollbackStatus, RunStatus } from '../../plan/run-status.js';

/** Workflow id and run id of a migration's execution. */
export interface RunRef {
  workflowId: string;
  runId: string;
}

/** A window that runs now, as its last heartbeat tells. */
export interface LiveWindow {
  /** Workflow id of the phase or rollback it belongs to. */
  workflowId: string;
  heartbeat: WindowHeartbeat;
  /** Epoch ms of the heartbeat. */
  at: number;
}

/** An activity that keeps failing and is tried again. */
export interface Trouble {
  workflowId: string;
  activity: string;
  attempt: number;
  reason: string;
}

/** All that is known of a run at one instant: what `status`, `watch` and `report` draw from. */
export interface RunSnapshot {
  schemaVersion: 1;
  /** Epoch ms. */
  at: number;
  run: RunStatus;
  /** What the run was started with. */
  frozen: FrozenPlan;
  /** Phases that have started, in the order of the plan. */
  phases: PhaseStatus[];
  rollbacks: RollbackStatus[];
  /** The watch over its metrics, of a run that has one. */
  guard?: GuardStatus;
  /** Incidents of the run, in their order; absent where its plan leads none. */
  incidents?: IncidentStatus[];
  /** What is left to do, of a run that has completed and whose plan says so. */
  cleanup?: PhaseStatus;
  windows: LiveWindow[];
  troubles: Trouble[];
  /** Set when no worker answered and this was read from descriptions and histories: says so, and what to type. */
  noWorker?: string;
  /** Set when activities of the run wait in task queues that nobody polls: says which, and what to type. */
  unpolled?: string;
  /** Set by a watch while the server does not answer: why. Everything else is what was last seen. */
  away?: string;
}

/** A gate and the workflow that takes its answers. */
export type OpenGate = Gate & RunRef;
