/**
 * What activities promise to workflows: shapes only, no implementation. Workflows import this file as types.
 *
 * Two groups. `EnvironmentActivities` touch the world; they run on the task queue `phasegate-<environment>` (windows
 * on `phasegate-<environment>-windows`) where the credentials are. `HostActivities` run beside the workflows on
 * `phasegate`: they touch Temporal itself and the Node build (time zones), never an environment.
 *
 * An activity that takes time returns the instant at which it ended (`endedAt`, epoch ms).
 */
import type { Change, FlagState, LedgerEntry, TargetState } from '../plan/change.js';
import type { Sample, Verdict } from '../plan/judge-types.js';
import type { WindowState } from '../plan/judge.js';
import type { RollbackResult } from '../plan/run-status.js';
import type { BaselineSet, CriterionSummary, EvidenceRef } from '../plan/run-facts.js';
import type { GuardNews, GuardState, WatchedCause } from '../plan/guard/state.js';
import type {
  AlertLevel,
  Channel,
  Check,
  Environment,
  GuardSpec,
  Metric,
  Severity,
  WindowSpec,
} from '../plan/model.js';
import type { RemovedFlag } from '../plan/cleanup/course.js';
import type { DaysAsked, GroupDays } from '../plan/cleanup/days.js';
import type { Opening, OpeningQuestion } from '../plan/schedule.js';

/** Who asks: part of evidence, logs and idempotency keys. `address` is `phase/step#attempt`. */
export interface Origin {
  run: string;
  address: string;
  title: string;
}

export interface CaptureInput {
  origin: Origin;
  phase: string;
  step: string;
  attempt: number;
  change: Change;
  cannotUndo?: string;
  environment: Environment;
}

export interface ApplyInput {
  entry: LedgerEntry;
  environment: Environment;
}

/**
 * `unknown` is an action that may or may not have run and is not repeatable: the phase goes to HOLD.
 * A target that refused the change is FAIL with `reason`.
 */
export interface ApplyResult {
  verdict: Verdict;
  reason: string;
  endedAt: number;
  evidence: EvidenceRef;
}

/** A read-back: does the target now have what was wanted? `found` says what it has, in words. */
export interface VerifyResult {
  verdict: Verdict;
  reason: string;
  found: string;
  endedAt: number;
  evidence: EvidenceRef;
}

export interface UndoInput {
  entry: LedgerEntry;
  environment: Environment;
  /** Idempotency key of this undo. */
  key: string;
}

/** `state` is what was read back after the undo. An undo that could not be done throws (retryable or not). */
export interface UndoResult {
  entryId: string;
  /** False when the target already had its old state. */
  changed: boolean;
  state: TargetState;
  reason: string;
  endedAt: number;
  evidence: EvidenceRef;
}

export interface CheckInput {
  origin: Origin;
  /** Every kind but `stable`, which is a window. */
  check: Exclude<Check, { type: 'stable' }>;
  environment: Environment;
  baseline?: BaselineSet;
  /** Epoch ms of the phase's first change, for queries with `{{elapsed}}`. */
  changedAt?: number;
}

export interface CheckResult {
  verdict: Verdict;
  /** One line: what was measured or why it could not be. */
  reason: string;
  /** Last lines of output or body, bounded and scrubbed of secrets. */
  output?: string;
  endedAt: number;
  evidence: EvidenceRef;
}

/** A check that is made again and again. Times in epoch ms. */
export interface WatchCheckInput extends CheckInput {
  /** Of the first look. */
  t0: number;
  everyMs: number;
  /** Of the last look. */
  until: number;
}

export interface WatchCheckResult extends CheckResult {
  looks: number;
  /** Looks that came due while no worker ran. */
  missed: number;
  /** Only in a rehearsal: `endedAt` may lie ahead, and the workflow sleeps until then. */
  simulated?: true;
}

/** `from` (epoch ms) or `overMs` says when the period begins; it ends now. */
export interface MeasureInput {
  origin: Origin;
  metrics: string[];
  from?: number;
  overMs?: number;
  environment: Environment;
  /** Epoch ms of the change that `{{elapsed}}` counts from. */
  changedAt?: number;
}

/** What a metric was over a period, in canonical units. */
export interface MetricFacts {
  mean: number;
  min: number;
  max: number;
  last: number;
  /** Of a counter; resets are seen through. */
  increase: number;
  /** Valid readings, of so many. */
  readings: number;
  of: number;
}

export interface MeasureResult {
  from: number;
  to: number;
  values: Record<string, MetricFacts>;
  /** Metric -> why nobody can say. */
  missing: Record<string, string>;
  endedAt: number;
  evidence: EvidenceRef;
}

export interface BaselineInput {
  origin: Origin;
  metrics: string[];
  environment: Environment;
}

export interface WindowInput {
  origin: Origin;
  spec: WindowSpec;
  /** Epoch ms at which the grid starts, as far as the workflow's clock knows. */
  t0: number;
  /**
   * How long before it was scheduled the window may begin, in ms: a `t0` that lies further back is late by the
   * workflow's clock (decision 009). Absent: `t0` as it is.
   */
  reachBackMs?: number;
  environment: Environment;
  baseline?: BaselineSet;
  /** Epoch ms of the phase's first change. */
  changedAt?: number;
  /** True: counters are counted from the window's first valid sample, not from the baseline. */
  ownBase?: boolean;
  /** Set when a window goes on after a HOLD: the state that the earlier activity returned. */
  resume?: WindowState;
  /** True: wait until samples are valid again, then return with verdict undefined ("recovered"); badness is FAIL at once. */
  untilRecovered?: boolean;
}

export interface WindowResult {
  /** Undefined only with `untilRecovered`: the source has data again. */
  verdict?: Verdict;
  reason: string;
  /** The `t0` of its grid. */
  startedAt: number;
  endedAt: number;
  /** Only in a rehearsal: `endedAt` may lie ahead, and the workflow sleeps until then. */
  simulated?: true;
  samples: number;
  criteria: CriterionSummary[];
  /** Small: counters and clocks, no samples. Carries the window over a HOLD. */
  state: WindowState;
  /** The manifest of every sample of this activity. */
  evidence: EvidenceRef;
}

/** What a heartbeat of a window says: shown in the live view while the window runs. */
export interface WindowHeartbeat {
  /** Of the step that it belongs to. */
  address: string;
  k: number;
  dueAt: number;
  latest: Record<string, number | string>;
  state: WindowState;
  /** Digests of sample chunks already in the store, then samples not yet stored. */
  chunks: EvidenceRef[];
  pending: Sample[];
}

/** Times in epoch ms. */
export interface WatchMetricsInput {
  origin: Origin;
  guard: GuardSpec;
  /** Those of the guard, and those of the causes. */
  metrics: Metric[];
  causes: WatchedCause[];
  /** Metric -> what it was before the run's first change. */
  baseline: Record<string, number>;
  /** So long all must be well before metrics resolve an incident; absent: the run opens none, or an earlier build asks. */
  resolvesInMs?: number;
  /** Where the grid starts, as far as the workflow's clock knows. */
  since: number;
  /** As for a window, see WindowInput. */
  reachBackMs?: number;
  /** The run's first change. */
  changedAt?: number;
  environment: Environment;
  /** What the activity before this one returned: the same grid goes on, with what was missed in between. */
  state?: GuardState;
  /** Without news it returns after so long. */
  longestMs: number;
  /** It looks at all that was due when it was scheduled, whatever news there is in it, and returns. */
  catchUp?: true;
}

export interface WatchMetricsResult {
  state: GuardState;
  /** What came about, oldest first. Some of it only has to be recorded (`mattersNow`). */
  news: GuardNews[];
  /** When the last sample was there. */
  endedAt: number;
  /** Only in a rehearsal: `endedAt` may lie ahead, and the workflow sleeps until then. */
  simulated?: true;
}

/** What a heartbeat of a guard says: where it has come to, and what it will return. */
export interface GuardHeartbeat {
  address: string;
  state: GuardState;
  news: GuardNews[];
}

export type NotificationKind =
  | 'approval'
  | 'attestation'
  | 'hold'
  | 'rollback'
  | 'reminder'
  | 'escalation'
  | 'undo-failed'
  | 'incident'
  | 'ended'
  | 'alert'
  | 'acknowledged'
  | 'recovered';

/** What a paging service needs to know of the alert that a notification tells. */
export interface AlertNews {
  /** The same for everything that is told of one alert. */
  dedupKey: string;
  event: 'trigger' | 'acknowledge' | 'resolve';
  metric: string;
  level: AlertLevel | 'no-data';
  /** Key of the page that it has together with other alerts and their incident, which ends it; absent: its own. */
  page?: string;
  /** Link. */
  runbook?: string;
}

/** What a paging service needs to know of the incident that a notification tells. */
export interface IncidentNews {
  /** The same for everything that people are paged with for this incident, and for the alerts that belong to it. */
  page: string;
  /** `none`: it is for those who know of the incident, and calls nobody. */
  event: 'trigger' | 'acknowledge' | 'resolve' | 'none';
  /** Keys of other pages that are answered, or end, with its own: of alerts whose trouble joined it. */
  pages?: string[];
  severity: Severity;
  /** Link. */
  runbook?: string;
}

export interface Notification {
  kind: NotificationKind;
  run: string;
  address?: string;
  title: string;
  text: string;
  /** Roles or names it is for. */
  to: string[];
  dedupKey: string;
  /** When it was said, epoch ms, where the same message goes out by several activities; default: when that was scheduled. */
  at?: number;
  /** True when time is compressed or identities are not verified: said in the text. */
  remarks: string[];
  /** E-mail addresses of those whom it is for, where a channel sends e-mail. */
  addresses?: string[];
  /** Present when it tells an alert. */
  alert?: AlertNews;
  /** Present when it tells an incident. */
  incident?: IncidentNews;
}

/** One message for one channel. */
export interface TellInput {
  channel: Channel;
  environment: Pick<Environment, 'id' | 'kind' | 'title'>;
  notification: Notification;
}

/** The channel took it. */
export interface TellResult {
  endedAt: number;
}

export interface NotifyInput {
  environment: Environment;
  notification: Notification;
  /** Channel -> whom it need not tell any more, as an earlier result of the same message has it. */
  taken?: Record<string, string[]>;
}

/** Per channel: whether it took the message. One dead channel never stops the others. */
export interface NotifyResult {
  delivered: string[];
  failed: Record<string, string>;
  /** Those of `failed` that never take this message; absent where an earlier build told them. */
  refused?: string[];
  /** Channel of `failed` -> who has it all the same, such as addresses. */
  taken?: Record<string, string[]>;
  endedAt: number;
}

export interface VerifyIdentityInput {
  /** The decision as it was sent. */
  statement: { by: string; run: string; gate: string; decision: string; digest: string };
  environment: Environment;
  signature?: string;
}
export type VerifyIdentityResult =
  { accepted: true; how: 'identity' | 'signature' } | { accepted: false; reason: string };

export interface FlagsInput {
  origin: Origin;
  keys: string[];
  environment: Environment;
}

/** What is there before flags are removed. PASS: each of them that is still there is on for everybody. */
export interface CaptureFlagsResult {
  verdict: Verdict;
  reason: string;
  /** Those that are there, with their definitions; the others are gone. */
  flags: FlagState[];
  endedAt: number;
  evidence: EvidenceRef;
}

export interface RemoveFlagsInput {
  origin: Origin;
  flags: FlagState[];
  environment: Environment;
}

/** FAIL: the flag system refused, or somebody changed a flag. What was removed by then stays removed. */
export interface RemoveFlagsResult {
  verdict: Verdict;
  reason: string;
  endedAt: number;
  evidence: EvidenceRef;
}

/** PASS: all are gone. */
export interface VerifyRemovalResult {
  verdict: Verdict;
  reason: string;
  /** Keys of flags that are still there. */
  left: string[];
  endedAt: number;
  evidence: EvidenceRef;
}

export interface EnvironmentActivities {
  captureChange(input: CaptureInput): Promise<LedgerEntry>;
  applyChange(input: ApplyInput): Promise<ApplyResult>;
  verifyChange(input: ApplyInput): Promise<VerifyResult>;
  undoChange(input: UndoInput): Promise<UndoResult>;
  runCheck(input: CheckInput): Promise<CheckResult>;
  captureBaseline(input: BaselineInput): Promise<BaselineSet>;
  measurePeriod(input: MeasureInput): Promise<MeasureResult>;
  notify(input: NotifyInput): Promise<NotifyResult>;
  /** Tells one channel one message, in one attempt: a workflow tells all of them side by side and tries each again alone. */
  tellChannel(input: TellInput): Promise<TellResult>;
  verifyIdentity(input: VerifyIdentityInput): Promise<VerifyIdentityResult>;
  captureFlags(input: FlagsInput): Promise<CaptureFlagsResult>;
  /** Repeated, it finds nothing left to do. */
  removeFlags(input: RemoveFlagsInput): Promise<RemoveFlagsResult>;
  verifyRemoval(input: FlagsInput): Promise<VerifyRemovalResult>;
  /** Stores any JSON document (a decision, a gate's evidence) and returns its reference. */
  recordEvidence(input: { kind: string; document: unknown }): Promise<EvidenceRef>;
  /** The stored text of a digest, for a CLI on another host. Fails when unknown. */
  readEvidence(input: { digest: string }): Promise<string>;
}

export interface WindowActivities {
  watchWindow(input: WindowInput): Promise<WindowResult>;
  watchCheck(input: WatchCheckInput): Promise<WatchCheckResult>;
  watchMetrics(input: WatchMetricsInput): Promise<WatchMetricsResult>;
}

export interface LockHolder {
  /** Workflow id of the run, and its run id. */
  run: string;
  runId: string;
  startedBy: string;
  since: number;
}

export type LockAnswer = { granted: true } | { granted: false; conflicts: Array<{ key: string; holder: LockHolder }> };

export interface RollbacksRead {
  undone: string[];
  open?: boolean;
  result?: RollbackResult;
}

export type HandoverRead = { lost: false } | { lost: true; handover: { schemaVersion: 1 } };

export interface HostActivities {
  /** All keys or none. Asking again for what the same run holds is granted. */
  acquireLocks(input: { environment: string; keys: string[]; holder: LockHolder }): Promise<LockAnswer>;
  releaseLocks(input: { environment: string; run: string; runId: string }): Promise<void>;
  /**
   * What a phase changed, from the histories of all its executions in a run: for one that ended without undoing itself,
   * or forgot by a reset what it did. `askedBy` is the run id of the execution that asked: another reset makes another.
   */
  readLedger(input: { workflowId: string; run: string }): Promise<{ entries: LedgerEntry[]; askedBy: string }>;
  /**
   * What the rollbacks of this workflow id undid (keys of entries), and the latest one's result when it finished.
   * While one is `open`, it may have undone more by the time this is read; histories of earlier versions do not tell.
   */
  readRollbacks(input: { workflowId: string; run: string }): Promise<RollbacksRead>;
  /**
   * When the phase may start next, until when, and which freeze overtakes it behind its first change; and when it was
   * asked, which says whether it may start now (decision 009). It is asked no earlier than `notBefore` (epoch ms), which
   * has surely passed, whatever the clock of this host shows.
   */
  scheduleOpening(
    input: Omit<OpeningQuestion, 'askedAt'> & { notBefore?: number }
  ): Promise<Opening & { askedAt: number }>;
  /** When the tasks of a clean-up begin and are due, by group; and when it was asked (decision 009). */
  cleanupDays(input: DaysAsked): Promise<{ groups: Record<string, GroupDays>; askedAt: number }>;
  /**
   * Ends the clean-up of a run, whose workflow id and run id these are, unless it removed flags or began to: then it goes
   * on, and those are answered.
   */
  closeCleanup(input: { run: string; runId: string }): Promise<{ removed: RemovedFlag[] }>;
  /**
   * What a workflow of a run (its run id) had come to that was ended from outside: the input of the execution that goes on
   * with it. Nothing is lost where it is open, ended by itself, is of another run, or never was.
   */
  readHandover(input: { workflowId: string; run: string }): Promise<HandoverRead>;
}

export type { BaselineSet, CriterionSummary, EvidenceRef };
