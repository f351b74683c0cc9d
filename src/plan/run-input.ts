import type { AlertText } from './alert-text.js';
import type { LedgerEntry } from './change.js';
import type { CleanupState } from './cleanup/course.js';
import type { Worse } from './incidents/classify.js';
import type { IncidentState } from './incidents/course.js';
import type {
  AlertRoute,
  Alerts,
  Channel,
  Cleanup,
  Criterion,
  Environment,
  GuardSpec,
  HoldPolicy,
  Incidents,
  Metric,
  Phase,
  RollbackSpec,
  Severity,
  WarRoomTrigger,
} from './model.js';
import type { LevelNews } from './trouble.js';
import type { Held } from './run-status.js';
import type { TroubleSource } from './watch-status.js';

/** What every workflow of a run knows about the run it belongs to. */
export interface RunIdentity {
  /** Workflow id of the migration. */
  workflowId: string;
  /** Run id of the migration's execution: the value of the search attribute PhasegateRun. */
  runId: string;
  planId: string;
  planTitle: string;
  digest: string;
  startedBy: string;
  /** Epoch ms. */
  startedAt: number;
  /**
   * Where an environment trusts names, workflows believe them without asking an activity, which would cost six events an
   * answer. Absent in runs of earlier versions, whose histories have it.
   */
  namesBelieved?: true;
  /**
   * Stands in the keys of pages: the end of the run's id, since its beginning is a time that a run shares with another one
   * that began within a minute of it. Absent in runs of earlier versions, whose open pages have the beginning.
   */
  pageId?: string;
}

/** The input of `deploymentPhase`: only what this phase needs of the plan. */
export interface PhaseInput {
  schemaVersion: 1;
  run: RunIdentity;
  phase: Phase;
  environment: Environment;
  hold: HoldPolicy;
  rollback: RollbackSpec;
  waivers: string[];
  /** Phases that completed before, for `stable` checks: id -> epoch ms and their baselines. */
  completed: Record<string, CompletedPhase>;
  paused?: { by: string; reason?: string; at: number };
  /** An incident holds the run: nothing begins in the phase, but it can be asked for a way back. */
  held?: Held;
  /** The run's guard waits for its first change: the phase tells of it at once. */
  tellsFirstChange?: true;
  /** The run stores what was decided, when the phase is over; absent where an earlier build began it, which does so itself. */
  gathersMinutes?: true;
}

export interface CompletedPhase {
  completedAt: number;
  baseline?: Record<string, number>;
}

/** The input of `rollback`: one or more ledgers, in the order in which they were captured. */
export interface RollbackInput {
  schemaVersion: 1;
  run: RunIdentity;
  entries: LedgerEntry[];
  reason: string;
  /** Why nobody can be sure that `entries` are all: then nothing it does is verified. */
  doubt?: string;
  environment: Environment;
  rollback: RollbackSpec;
  /**
   * No migration is left, so the rollback takes the locks itself before it begins, releases them when it is verified,
   * and tells people how it ended.
   */
  alone: boolean;
  /** The run takes back more after it and verifies all of it then: here each undo is only read back. */
  verifiedByRun?: true;
}

/** The input of `guard`. */
export interface GuardInput {
  schemaVersion: 1;
  run: RunIdentity;
  guard: GuardSpec;
  metrics: Metric[];
  alerts?: Alerts;
  incidents?: Incidents;
  environment: Environment;
  /** Epoch ms from which it watches. */
  since: number;
  /** Epoch ms of the run's first change, for queries with `{{elapsed}}` and counters that count from it. */
  changedAt?: number;
  /** Metric -> what it was before the run's first change, where that is known. */
  baseline: Record<string, number>;
  /** So long all must be well before metrics resolve an incident, in ms; absent: the run opens none, or an earlier build began it. */
  resolvesInMs?: number;
  /** One before it was lost: its alerts may be open, and nobody knows which. */
  afterLoss?: true;
  /** So long after `since` the guard of an earlier run was gone. */
  waitedMs?: number;
  /** What an earlier execution of it hands over. */
  state?: unknown;
}

/** The input of `alert`: one metric, from the first crossing until it is back. */
export interface AlertInput {
  schemaVersion: 1;
  run: RunIdentity;
  /** The key of its workflow id. */
  key: string;
  metric: string;
  news: LevelNews;
  /** Absent: it is for everybody, through the environment's `notify`. */
  alerts?: Alerts;
  description: string;
  impact?: string;
  /** What a person may declare it to be before the metric does; absent where there is nothing, or an earlier build began it. */
  worse?: Worse;
  /** The others hear of a channel that the environment lacks; absent where an earlier build began it. */
  reportsMissing?: true;
  /** Only what it needs: people, channels, contacts. */
  environment: Environment;
  /** What an earlier execution of it hands over. */
  state?: unknown;
  /** That was ended from outside, and has not heard the `news`. */
  goesOn?: true;
}

/** The input of `incident`. */
export interface IncidentInput {
  schemaVersion: 1;
  run: RunIdentity;
  number: number;
  severity: Severity;
  /** Key of what people are paged with, for it and for the alerts that it comes from; absent where an earlier build began it. */
  page?: string;
  title: string;
  cause?: string;
  reason: string;
  /** In which people are called, where the plan has a template for its metric. */
  words?: AlertText;
  source: TroubleSource;
  openedBy: string;
  metric?: string;
  phase?: string;
  incidents: Incidents;
  /** The trigger that opens a war room at once. */
  warRoom?: WarRoomTrigger;
  /** What is taken back for it already, or what people are asked about. */
  reach?: 'all' | 'component';
  /** How the critical alert escalates that it comes from, where that is before its own escalation. */
  alert?: AlertRoute['escalate'];
  /** Names, roles and groups whom it calls first; absent where an earlier build began it: everybody. */
  firstCalled?: string[];
  /** Phases that had begun by then, in their order: what they changed belongs to the story. */
  begun?: string[];
  /** Health of the run: how a resolution is validated. */
  rollback: RollbackSpec;
  /** What a resolution is judged by beside that; absent where an earlier build began it, or there is nothing. */
  ownCriteria?: Criterion[];
  environment: Environment;
  /** By which its war room calls beside those of `environment`; absent where an earlier build began it, or those are all. */
  roomChannels?: Channel[];
  /** The incident that was ended from outside, which goes on in this one; absent in its later executions. */
  predecessor?: { number: number; state: IncidentState };
  /** What an earlier execution of it hands over. */
  state?: IncidentState;
}

/** The input of `cleanup`; `state` is what an earlier execution of it hands over. */
export interface CleanupInput {
  schemaVersion: 1;
  run: RunIdentity;
  cleanup: Cleanup;
  /** Only what it needs: the people, the channels, the flag system, and the metrics that its safety checks read. */
  environment: Environment;
  /** Epoch ms on the first day of the run, from which its weeks and months count. */
  firstDayAt: number;
  /** Epoch ms. */
  completedAt: number;
  /** Flag -> epoch ms of the run's last change of it. */
  exposedSince: Record<string, number>;
  state?: CleanupState;
  /** Of the search attributes that stand there already. */
  shown?: string;
  /** Answers share an execution, which goes on to the next instant of the calendar; absent where an earlier build began it. */
  shared?: true;
}
