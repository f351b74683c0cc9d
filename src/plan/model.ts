/**
 * The frozen form of a plan in an environment: what a run is started with, and all that workflows and activities read.
 * It is made by `freeze` from the two YAML documents: durations are compressed, variables filled in, phases in
 * dependency order. Secrets stay references (`${env:NAME}`, `${file:path}`) until an activity needs them.
 *
 * Canonical values: ratios 0..1, seconds, bytes, counts. Time spans: milliseconds.
 */

/** A span of time: `ms` is what really passes; `planned` is what the plan says (`30m`), before any compression. */
export interface TimeSpan {
  ms: number;
  planned: string;
}

export type Unit = 'ratio' | 'seconds' | 'bytes' | 'count';
export type Operator = '<' | '<=' | '>' | '>=' | '==';
export type Priority = 'red' | 'amber' | 'yellow';
export type OnFail = 'rollback' | 'hold';

/** One side of a threshold in canonical units; `text` is how the plan writes it (`< 90%`). */
export interface Bound {
  op: Operator;
  value: number;
  text: string;
}

export interface Metric {
  name: string;
  description: string;
  unit: Unit;
  /** Absent on criteria metrics, which alert nobody. */
  priority?: Priority;
  target?: Bound;
  warning?: Bound;
  critical?: Bound;
  impact?: string;
  /** False for metrics that are watched but never judged (`target: monitoring only`). */
  gates: boolean;
}

export interface Baseline {
  /** `within`: both sides; `above` / `below`: no more than so much above or below. */
  side: 'within' | 'above' | 'below';
  /** 0.2 is 20 %. */
  ratio: number;
}

export interface Criterion {
  metric: string;
  unit: Unit;
  /** The criterion as the plan writes it: what people read. */
  text: string;
  /** Absolute criteria have a bound, relative ones a baseline; exactly one of them. */
  bound?: Bound;
  baseline?: Baseline;
  /** `restart`: a breach restarts the clock; `fail`: one breach is FAIL. `== 0` criteria default to `fail`. */
  onBreach: 'restart' | 'fail';
  /** Count the increase since the phase's first change instead of the value (default for `== 0`). */
  increase: boolean;
  /** The metric's critical threshold: crossed on `criticalInARow` samples in a row it is FAIL at once. */
  critical?: Bound;
}

/** A metric window (design 6). Samples lie at t0 + warmUp + k * every. */
export interface WindowSpec {
  length: TimeSpan;
  every: TimeSpan;
  warmUp: TimeSpan;
  /** From t0 + warmUp; after it a window that has not passed ends as FAIL (it saw a breach) or HOLD. */
  deadline: TimeSpan;
  criteria: Criterion[];
  /** 0..1, of the samples of the judged stretch. */
  coverage: number;
  invalidInARow: number;
  criticalInARow: number;
  /** PASS also needs this increase of a count metric over the window. */
  minTraffic?: { metric: string; atLeast: number };
  /**
   * Watched until the deadline, which is its planned end: PASS comes then at the soonest, with a stretch that lasts up to
   * it. A criterion that misses its target for the length, without one sample that is ok, is FAIL at once.
   */
  throughout?: true;
}

export interface HttpCheck {
  type: 'http';
  url: string;
  method: 'GET' | 'HEAD' | 'POST';
  status: number[];
  contains?: string;
  headers: Record<string, string>;
  body?: string;
  timeout: TimeSpan;
}
export interface CommandCheck {
  type: 'command';
  argv: string[];
  timeout: TimeSpan;
  /** Names of environment variables that the command may see, beyond the environment document's. */
  env: string[];
}
/** One reading of a metric against a criterion, now. */
export interface MetricCheck {
  type: 'metric';
  criterion: Criterion;
}
export interface FlagCheck {
  type: 'flag';
  key: string;
  enabled?: boolean;
  percent?: number;
}
/** The success criteria of earlier phases, held for the latest `window.length` since the last of them was done. */
export interface StableCheck {
  type: 'stable';
  phases: string[];
  window: WindowSpec;
}
export type Check = HttpCheck | CommandCheck | MetricCheck | FlagCheck | StableCheck;

interface StepBase {
  /** Unique in its phase. */
  id: string;
  title: string;
  onFail: OnFail;
}
/** Undo is what makes an action an action; one without says why (`cannot-undo`), and behind it the way back is closed. */
interface ActionBase extends StepBase {
  cannotUndo?: string;
}
export interface FlagStep extends ActionBase {
  kind: 'flag';
  key: string;
  to: boolean;
  /** 0..100, the share of traffic. */
  percent: number;
  /** Users that always get the flag. */
  include: string[];
}
export interface DeployStep extends ActionBase {
  kind: 'deploy';
  target: string;
  revision: string;
  /** Whether the apply command may run twice; one that may not goes to HOLD when nobody knows if it ran. */
  repeatable: boolean;
}
export interface TrafficStep extends ActionBase {
  kind: 'traffic';
  flag: string;
  /** Ascending shares, 0..100, each held under watch for `hold.length`. */
  percents: number[];
  hold: WindowSpec;
}
interface ItemBase extends StepBase {
  /** How long its answer counts: until the checklists are closed, or the phase makes its first change. */
  validFor?: TimeSpan;
}
export interface CheckStep extends ItemBase {
  kind: 'check';
  check: Check;
}
export interface AttestStep extends ItemBase {
  kind: 'attest';
  by: string;
  evidence: 'required' | 'optional';
  /** Whether `not-applicable` is an allowed answer. */
  notApplicable: boolean;
  /** How long the answer may take; then it is a HOLD. */
  expires: TimeSpan;
  /** Absent in plans of earlier versions: nobody is reminded. */
  remindEvery?: TimeSpan;
}
export interface WatchStep extends StepBase {
  kind: 'watch';
  window: WindowSpec;
}
/** Records what metrics were over the latest `over`, as the new normal. Only a validation stage has it. */
export interface BaselineStep extends StepBase {
  kind: 'baseline';
  metrics: string[];
  over: TimeSpan;
}
export type ActionStep = FlagStep | DeployStep | TrafficStep;
export type Step = ActionStep | CheckStep | AttestStep | WatchStep | BaselineStep;
/** Checklist items before a phase look and change nothing; those of a validation stage also watch and record. */
export type BeforeItem = CheckStep | AttestStep | WatchStep | BaselineStep;

export interface ApprovalSpec {
  /** What people read; absent: made from the phase. */
  title?: string;
  /** Role -> how many different people. */
  roles: Record<string, number>;
  /** Present: the people of one role are enough. */
  needs?: 'any';
  expires: TimeSpan;
  /** What happens when it expires unanswered. */
  onExpiry: 'rollback' | 'hold';
  /** The one who started the run counts too; default false (separation of duties). */
  allowStarter: boolean;
  remindEvery: TimeSpan;
  /** The next in line, asked when nobody answered for `after`. */
  escalate?: { after: TimeSpan; to: string };
}

/** Items that are worked on together before anything starts. */
export interface Checklist {
  id: string;
  title: string;
  /** Ids of its items, which stand in the phase's `before`. */
  items: string[];
}

/** What a freeze that begins behind the first change of a phase leads to. */
export type OnFreeze = 'finish' | 'hold' | 'retreat';

/** When a phase may start: all of it must be true of the instant at which it makes its first change. */
export interface Schedule {
  /** From 1; there with `days`, or neither. */
  week?: number;
  /** Days of that week of the run, from 1; the first and the last included. */
  days?: [number, number];
  /** Minutes since midnight, 0 to 1440; where `to` is no later than `from`, they end on the next day. */
  hours?: { from: number; to: number };
  /** 1 (Monday) to 7: days on which the hours begin. */
  weekdays?: number[];
  /** Of all of it. Absent: that of the environment. */
  timeZone?: string;
  /** When a blackout begins. Absent: finish. */
  onFreeze?: Exclude<OnFreeze, 'finish'>;
  /** When the hours end. Absent: finish. */
  onHoursEnd?: Exclude<OnFreeze, 'finish'>;
}

/** A time in which no phase makes its first change; wall clocks, written `2026-12-20 00:00`. */
export interface Blackout {
  from: string;
  /** The first minute behind it. */
  to: string;
  reason: string;
  /** Absent: that of the environment. */
  timeZone?: string;
}

/** When a stage of the validation is, counted from when the last deployment phase completed, and what a rollback needs. */
export interface StageSpec {
  /** Id of that phase. */
  since: string;
  from: TimeSpan;
  to: TimeSpan;
  /** Time between two looks of a check. */
  repeatEvery: TimeSpan;
  /** Who must agree before everything is taken back; absent: nobody. */
  rollbackApproval?: ApprovalSpec;
}

/**
 * One deployable part of the run; or, with `checklists`, a stage that changes nothing: the one before them all or, with
 * `stage`, one of the validation after them.
 */
export interface Phase {
  id: string;
  title: string;
  checklists?: Checklist[];
  stage?: StageSpec;
  /** Metrics whose value before the first change is kept for what compares with it after the phases. */
  baselineFor?: string[];
  /** The same for what decides nothing: one that cannot be measured is only missing. */
  baselineNoted?: string[];
  /** Ids of phases that must have completed. */
  after: string[];
  /** Absent: at once, but for blackouts. */
  schedule?: Schedule;
  before: BeforeItem[];
  steps: Step[];
  /** A window of its own after the last step. */
  success?: WindowSpec;
  /** Checks and attestations that belong to the success criteria but are no metrics; they run after the window. */
  successChecks: BeforeItem[];
  approval?: ApprovalSpec;
  /** Watched with the success criteria after the approval; the next phase starts when it passed. */
  soak?: WindowSpec;
}

export interface HoldPolicy {
  deadline: TimeSpan;
  /** What happens when nobody decides. */
  then: 'rollback';
}

export interface RollbackSpec {
  /** Metrics that must be back inside their targets; default: the red ones. */
  metrics: string[];
  /** `length` is how long they must stay inside; after `deadline` the rollback is not verified. */
  window: WindowSpec;
  /** Health checks run after the undo. */
  checks: CheckStep[];
}

interface CleanupTaskBase {
  /** Unique in the clean-up. */
  id: string;
  title: string;
  /** Role that does it, is reminded of it and answers. */
  owner: string;
  /** Whether `not-applicable` is an allowed answer. */
  notApplicable: boolean;
  evidence: 'required' | 'optional';
}
/** Something that people do and answer for. */
export interface PlainTask extends CleanupTaskBase {
  kind: 'task';
}
/** Takes flags out of the flag system, once they are safe to remove. */
export interface RemoveFlagsTask extends CleanupTaskBase {
  kind: 'remove-flags';
  keys: string[];
  /** A look back: nothing read one of the flags as off for `length`, which is also how long they have been at 100 %. */
  unread: WindowSpec;
}
/** A success metric that somebody answers for: done means met, failed not met; either is an answer. */
export interface KpiTask extends CleanupTaskBase {
  kind: 'kpi';
  /** As the plan writes it. */
  target: string;
}
export type CleanupTask = PlainTask | RemoveFlagsTask | KpiTask;

/** Tasks that begin together and are due together. */
export interface CleanupGroup {
  id: string;
  title: string;
  /** 1-based and inclusive weeks or months of the run. */
  schedule: { unit: 'week' | 'month'; from: number; to: number };
  /** How long they have in compressed time; else the calendar says it. */
  length: TimeSpan;
  tasks: CleanupTask[];
}

/** What is left to do when the run has completed. */
export interface Cleanup {
  title: string;
  remindEvery: TimeSpan;
  /** Who is asked as well when a task has been overdue for `after`. */
  escalate?: { after: TimeSpan; to: string };
  groups: CleanupGroup[];
}

/** How the plan itself stands; days are written `2025-09-10`. */
export interface Standing {
  status: 'draft' | 'ready';
  /** Role. */
  owner: string;
  updated: string;
  /** `by` and `on` are absent while it is pending. */
  approval: { role: string; by?: string; on?: string };
  nextReview?: string;
}

interface KpiBase {
  id: string;
  group: 'technical' | 'business' | 'long-term';
  title: string;
  /** As the plan writes it. */
  target: string;
}
/** A KPI that the run computes; `bound` is its target in canonical units. */
export type MeasuredKpi = RunKpi | MetricKpi;
interface MeasuredKpiBase extends KpiBase {
  unit: Unit;
  bound: Bound;
}
export interface RunKpi extends MeasuredKpiBase {
  kind: 'run';
  /** `migrated`: share of phases that completed and stayed; `rollbacks`: how many there were. */
  of: 'migrated' | 'rollbacks';
}
export interface MetricKpi extends MeasuredKpiBase {
  kind: 'metric';
  metric: string;
  /** Of the time from the first change; `change`: of the mean, relative to the baseline. */
  take: 'mean' | 'min' | 'max' | 'increase' | 'change';
}
export interface AskedKpi extends KpiBase {
  kind: 'asked';
  /** Role. */
  by: string;
  /** The end of this week or month of the run, from 1. */
  due: { unit: 'week' | 'month'; at: number };
}
export type Kpi = MeasuredKpi | AskedKpi;

/** Whom an alert of one level tells, and when it goes to the next in line. */
export interface AlertRoute {
  /** Names of channels of the environment, as the plan writes them; each must be there. */
  channels: string[];
  /** Roles and groups that are told; the environment's `contacts` and people say where. */
  to: string[];
  /** Nobody acknowledged for so long: the next in line are told too. */
  escalate: { after: TimeSpan; to: string[] };
  /** While it is open and nobody acknowledged. */
  remindEvery: TimeSpan;
}

export type AlertLevel = 'warning' | 'critical';

/** Words for the alert of a metric at a level; `{{name}}` stands for a context query or a fact of the alert. */
export interface AlertTemplate {
  id: string;
  metric: string;
  level: AlertLevel;
  title: string;
  message: string;
  /** Link. */
  runbook?: string;
}

export interface Alerts {
  routes: Record<AlertLevel, AlertRoute>;
  templates: AlertTemplate[];
}

/** The watch over the metrics with thresholds, from the first flag to the end of the validation. */
export interface GuardSpec {
  every: TimeSpan;
  /** So many measured samples in a row cross a threshold before it counts. */
  inARow: number;
  /** So many measured samples in a row are back before an alert closes. */
  recoveredInARow: number;
  /** So many samples in a row without a valid value alert as `no-data`. */
  missingInARow: number;
  /**
   * Names of the metrics with a warning or a critical threshold, and of those that a cause of an incident asks about, in
   * the plan's order; without those that the environment does not read.
   */
  metrics: string[];
}

export type Severity = 1 | 2 | 3;

/** What makes an incident of a severity; with `when` the guard decides, else a person declares it. */
export interface IncidentCause {
  /** Unique among all severities. */
  id: string;
  title: string;
  when?: CauseRule;
  /** Id of the phase whose component fails then; until it has begun, and without it, the metric says which one. */
  phase?: string;
  /** Notifying the users that are affected is a task of the incident. */
  notifyUsers?: true;
}

/** `level`: the metric's own threshold, or a worse one; `bound`: one of the cause's own; `slower`: above the baseline by this ratio and, if given, at most by `below`. */
export type CauseRule =
  | { metric: string; level: AlertLevel }
  | { metric: string; bound: Bound }
  | { metric: string; slower: { above: number; below?: number } };

export interface SeveritySpec {
  severity: Severity;
  title: string;
  respondWithin: TimeSpan;
  /** Roles and groups. Severity 1 tells them at once. */
  escalateTo: string[];
  escalateAfter: TimeSpan;
  /** What is taken back: everything by itself; the failing phase, which a person chooses; nothing. */
  reach: 'all' | 'component' | 'none';
  /** In words, as the plan writes it. */
  action: string;
  causes: IncidentCause[];
}

export type WarRoomTrigger = 'severity-1' | 'multiple-severity-2' | 'rollback' | 'customer-escalation';

/** A resolution that the metrics confirm, or a post-mortem that is done. */
export type StepProof = 'resolution' | 'post-mortem';

export interface WarRoomSpec {
  triggers: WarRoomTrigger[];
  /** From the trigger. */
  within: TimeSpan;
  /** In the plan's order; `role` is a role of the plan. */
  roles: Array<{ id: string; title: string; role: string }>;
  /** `doneBy`: what ticks the step off by itself. */
  procedure: Array<{ id: string; title: string; doneBy?: StepProof }>;
  /** Status updates to the stakeholders. */
  updateEvery: TimeSpan;
  stakeholders: string[];
}

export interface PostMortemSpec {
  within: TimeSpan;
  /** Role that owes it. */
  by: string;
  remindEvery: TimeSpan;
}

export interface Incidents {
  severities: SeveritySpec[];
  /** Two of severity 2 are "multiple" when both are open, or begun within this time. */
  multipleWithin: TimeSpan;
  warRoom?: WarRoomSpec;
  postMortem: PostMortemSpec;
}

export interface Plan {
  id: string;
  title: string;
  description: string;
  /** Absent: nothing is known of its status and approval, and nothing is asked. */
  document?: Standing;
  /** Role -> title. */
  roles: Record<string, string>;
  /** Group -> title: who is told and is no role. */
  groups?: Record<string, string>;
  metrics: Record<string, Metric>;
  phases: Phase[];
  /** Success metrics of the whole migration. */
  kpis?: Kpi[];
  hold: HoldPolicy;
  rollback: RollbackSpec;
  /** Roles whose people may waive a gate. */
  waivers: string[];
  /** Absent: nothing is left to do when the run has completed. */
  cleanup?: Cleanup;
  /** Absent (in runs of earlier versions, or without metrics that have thresholds): nothing watches beside the windows. */
  guard?: GuardSpec;
  /** Absent: the guard records and tells the environment's own channels. */
  alerts?: Alerts;
  /** Absent: a critical red metric takes everything back, and nobody leads an incident. */
  incidents?: Incidents;
}

export interface Person {
  name: string;
  title: string;
  roles: string[];
  email?: string;
}

export type FlagSource =
  | { provider: 'flagd'; file: string }
  | { provider: 'unleash'; url: string; project: string; environment: string; token: string };

/** How one metric is read: PromQL for Prometheus, the name of a sample for a metrics endpoint. */
export interface MetricBinding {
  promql?: string;
  sample?: string;
  /** What `{{range}}` in the query becomes, unless less time has passed since the phase's first change. */
  range?: TimeSpan;
  /** Name -> PromQL for the words of an alert; what gives no single value is "unknown" there. */
  context?: Record<string, string>;
}
export interface MetricSource {
  provider: 'prometheus' | 'endpoint';
  url: string;
  /** How long after an instant the source surely has its samples. */
  lag: TimeSpan;
  /** Each request. */
  timeout: TimeSpan;
  headers: Record<string, string>;
  bindings: Record<string, MetricBinding>;
}

/** Commands of a deploy target; `{{revision}}` in an argv element is filled in by the activity. */
export interface DeployTarget {
  /** Prints the revision that runs now. */
  read: string[];
  apply: string[];
  /** Undo runs `undo` (default: `apply`) with the captured revision. */
  undo: string[];
  timeout: TimeSpan;
}

export type Channel =
  | { kind: 'log'; name: string }
  | { kind: 'webhook'; name: string; url: string; headers: Record<string, string> }
  /** Events API v2. `routingKey` is a secret reference; `url` defaults to PagerDuty's own. */
  | { kind: 'pagerduty'; name: string; url: string; routingKey: string }
  /** An incoming webhook; `url` may be a secret reference. */
  | { kind: 'slack'; name: string; url: string }
  | {
      kind: 'email';
      name: string;
      /** `host:port` */
      smtp: string;
      /** `starttls` is required where it is given; `none` only on loopback. */
      security: 'tls' | 'starttls' | 'none';
      from: string;
      user?: string;
      /** A secret reference. */
      password?: string;
      /** Addresses that always get it, beside those of whom the message is for. */
      to: string[];
    };

export interface Environment {
  id: string;
  kind: 'demo' | 'test' | 'staging' | 'production';
  title: string;
  timeZone: string;
  /** Those of the place and those of the plan. */
  blackouts?: Blackout[];
  people: Person[];
  /** `identity`: names are believed and every report says so. */
  trust: 'identity';
  flags: FlagSource;
  metrics: MetricSource;
  deploy: Record<string, DeployTarget>;
  services: Record<string, string>;
  /** `host` or `host:port` that checks may call. */
  httpAllow: string[];
  commands: {
    /** Where commands run, relative to the worker's --workdir. */
    cwd: string;
    /** Variables given to every command; values may be secret references. */
    env: Record<string, string>;
    /** Programs that may run, as the environment names them; the worker asks again before it runs one. */
    allow: string[];
  };
  /** Of requests, reminders and ends: what is no alert. */
  notify: Channel[];
  /** Of alerts and incidents, by the names that the plan's routes use. */
  channels?: Channel[];
  /** Role or group -> e-mail address, for those who are no single person. */
  contacts?: Record<string, string>;
  /** Present when time is compressed; every status, report and log says so. */
  compression?: { scale: number; cap?: TimeSpan };
}

/** One version of what a run executes, and the digest (`sha256:<hex>`) over its canonical form. */
export interface FrozenPlan {
  digest: string;
  plan: Plan;
  environment: Environment;
  vars: Record<string, string>;
}

/** The input of the migration workflow. An amendment adds a version. */
export interface RunInput {
  schemaVersion: 1;
  versions: FrozenPlan[];
  startedBy: string;
  /** See RunIdentity. */
  namesBelieved?: true;
  /** See `pageId` of RunIdentity. */
  ownPages?: true;
}
