/** What the `status` queries answer: the facts that the CLI, the report and the Temporal UI's details are drawn from. */
import type { BaselineSet, CriterionSummary, EvidenceRef } from './run-facts.js';
import type { LedgerEntry } from './change.js';
import type { Verdict } from './judge-types.js';
import type { Environment } from './model.js';
import type { Outcome } from './outcome.js';
import type { Decision } from './quorum.js';
import type { IncidentSummary } from './watch-status.js';

/** The life of a migration, a phase and a rollback in the words that every surface uses. */
export const runStates = [
  'waiting for locks',
  'running',
  'waiting',
  'paused',
  'on hold',
  'rolling back',
  'completed',
  'failed',
  'rolled back',
  'rolled back, NOT verified',
  'NOT rolled back',
] as const;
export type RunState = (typeof runStates)[number];

export type StepState = 'pending' | 'running' | 'waiting' | 'passed' | 'failed' | 'on hold' | 'waived';

/** One attempt of a step; earlier attempts stay. */
export interface StepRecord {
  address: string;
  id: string;
  part: 'before' | 'steps' | 'success' | 'approval' | 'soak';
  kind: string;
  title: string;
  state: StepState;
  startedAt?: number;
  endedAt?: number;
  verdict?: Verdict;
  reason?: string;
  output?: string;
  evidence?: EvidenceRef[];
  criteria?: CriterionSummary[];
  /** For windows: when it began, how long it lasts at best, and its deadline. */
  window?: { t0: number; lengthMs: number; planned: string; deadlineAt: number };
  /** For attestations; of a clean-up's with how it was established who that is. */
  answer?: {
    by: string;
    identity?: Decision['identity'];
    answer: string;
    evidence?: string;
    reason?: string;
    at: number;
  };
}

/** A point where the run waits for people. */
export interface Gate {
  address: string;
  kind: 'approval' | 'attestation' | 'hold';
  title: string;
  /** Why it is open: the approval's purpose, or why a verdict could not be reached. */
  reason: string;
  /** Role -> how many; for attestations and holds one of the roles is enough. */
  roles: Record<string, number>;
  /** `any`: of an approval, the people of one role are enough. */
  needs?: 'any';
  /** The role that was asked as the next in line, whose people may answer in place of the others. */
  standIn?: string;
  /** People who may answer now. */
  people: string[];
  decisions: Decision[];
  openedAt: number;
  deadlineAt: number;
  /** What happens at the deadline, in words. */
  then: string;
  /** What an approval is bound to: plan and evidence. */
  digest: string;
  evidence?: EvidenceRef;
  /** Of a HOLD whose phase changed nothing itself: `rollback` takes back everything. */
  reach?: 'all';
  /** What a person may send: `approve`, `reject`, `attest`, `retry`, `rollback`, `waive`. */
  answers: string[];
}

export interface Refusal {
  at: number;
  message: string;
  by?: string;
  reason: string;
}

export interface Waiver {
  address: string;
  by: string;
  reason: string;
  at: number;
}

export interface UndoRecord {
  entryId: string;
  covers: string[];
  title: string;
  /** `cannot be undone` waits until somebody accepts it as it is. */
  state: 'pending' | 'running' | 'done' | 'failing' | 'taken over' | 'cannot be undone' | 'accepted';
  reason?: string;
  by?: string;
  endedAt?: number;
  evidence?: EvidenceRef;
}

/** Whether nothing more happens to an undo. */
export function isSettled({ state }: Pick<UndoRecord, 'state'>): boolean {
  return state === 'done' || state === 'taken over' || state === 'accepted';
}

export interface RollbackStatus {
  schemaVersion: 1;
  workflowId: string;
  runId: string;
  state: 'rolling back' | 'on hold' | 'rolled back' | 'NOT rolled back';
  reason: string;
  phases: string[];
  startedAt: number;
  endedAt?: number;
  undos: UndoRecord[];
  checks: StepRecord[];
  verified?: boolean;
  /** Why it is not verified. */
  verification?: string;
  /** Everything in it is undone and read back; the run verifies it with what it takes back after it. */
  verifiedByRun?: true;
  gates: Gate[];
  refusals: Refusal[];
  sentence: string;
}

export interface PhaseStatus {
  schemaVersion: 1;
  phase: string;
  title: string;
  workflowId: string;
  runId: string;
  state: RunState;
  startedAt: number;
  endedAt?: number;
  /** Epoch ms; while it waits for its days, its hours or the end of a blackout. */
  opensAt?: number;
  /** What it waits for and until when in the time zone of its schedule, in words that follow "waits". */
  opening?: string;
  /** Epoch ms; of a stage of the validation. */
  endsAt?: number;
  /** Of a clean-up that was ended from outside: how, in Temporal's word for it. */
  endedAs?: string;
  changedAt?: number;
  baseline?: BaselineSet;
  /** Metric -> its mean at the end of the validation, in canonical units: the new normal. */
  newBaseline?: Record<string, number>;
  paused?: { by: string; reason?: string; at: number };
  /** An incident holds it until somebody answers. */
  held?: Held;
  steps: StepRecord[];
  gates: Gate[];
  /** Items of checklists that have an answer which can still be corrected: nobody is asked there. */
  answered?: Gate[];
  decisions: Decision[];
  waivers: Waiver[];
  ledger: LedgerEntry[];
  refusals: Refusal[];
  rollback?: string;
  /** Why its rollback is not verified, or did not come to its end. */
  verification?: string;
  /** One sentence: what happens, what it waits for, who can unblock it, what comes next. */
  sentence: string;
}

/** Nothing new begins while an incident waits for people to choose. */
export interface Held {
  /** `incident/2` */
  by: string;
  reason: string;
  at: number;
}

export interface PhaseSummary {
  id: string;
  title: string;
  state: 'pending' | RunState;
  workflowId: string;
  /** Of the child execution, once started. */
  runId?: string;
  startedAt?: number;
  endedAt?: number;
  reason?: string;
  /** What the phase last told while it waits, is on hold, paused, or goes back; absent while it simply runs. */
  now?: { state: RunState; sentence: string };
}

export interface RunStatus {
  schemaVersion: 1;
  workflowId: string;
  runId: string;
  plan: { id: string; title: string; digest: string };
  environment: {
    id: string;
    kind: Environment['kind'];
    trust: Environment['trust'];
    compression?: Environment['compression'];
  };
  startedBy: string;
  startedAt: number;
  state: RunState;
  paused?: { by: string; reason?: string; at: number };
  /** An incident holds it until somebody answers. */
  held?: Held;
  phases: PhaseSummary[];
  /** In their order; absent while there was none. */
  incidents?: IncidentSummary[];
  /** Workflow ids of rollbacks of this run. */
  rollbacks: string[];
  /** Success metrics of the whole migration, in the plan's order; absent until there is something to say. */
  kpis?: KpiResult[];
  /** The watch over the metrics, from the run's first change on; what it sees is in its own status. */
  guard?: RunGuard;
  refusals: Refusal[];
  outcome?: Outcome;
  sentence: string;
  /** Said on every surface: compressed time, identities not verified. */
  remarks: string[];
}

export interface RunGuard {
  workflowId: string;
  /** `lost`: it ended and is started again soon, or after too many losses not at all (`starts` says how often it was). */
  state: 'watching' | 'lost' | 'ended';
  starts: number;
  since: number;
  /** Why it was lost, the last time that it was. */
  reason?: string;
}

/** What a success metric of the whole migration came to. */
export interface KpiResult {
  id: string;
  group: 'technical' | 'business' | 'long-term';
  title: string;
  /** As the plan writes it, such as `< 5%`. */
  target: string;
  /** `owed`: its day has not come, or nobody has answered yet; `unknown`: it could not be measured. */
  state: 'met' | 'not met' | 'owed' | 'unknown';
  /** What was measured or answered, in words. */
  value?: string;
  reason?: string;
  /** Who answered, or the role that will; absent where the run's own evidence says it. */
  by?: string;
  /** Epoch ms. */
  dueAt?: number;
  /** Epoch ms. */
  knownAt?: number;
  evidence?: EvidenceRef[];
}

/** What a phase's child workflow returns to the migration. */
export interface PhaseResult {
  verdict: 'PASS' | 'FAIL';
  reason: string;
  /** Entries still in force (empty after a rollback). */
  ledger: LedgerEntry[];
  changed: boolean;
  completedAt: number;
  /** Set when the phase was rolled back. */
  rollback?: RollbackResult;
  /** Decisions that are not stored as evidence yet: the run does it, so that the next phase need not wait for it. */
  minutes?: DecisionMinutes[];
  /** Decisions that the run stores together with those of other phases. */
  gathered?: DecisionMinutes[];
  /** `all`: a person or a Temporal cancel asked for everything to be taken back. */
  reach: 'phase' | 'all';
  status: PhaseStatus;
}

/** What was decided at a gate, as it is stored as evidence. `outcome` has a `kind`, who decided, and why. */
export interface DecisionMinutes {
  run: string;
  runId: string;
  /** Digest of the plan. */
  plan: string;
  phase: string;
  gate: Gate;
  outcome: { kind: string };
  at: number;
}

export interface RollbackResult {
  workflowId: string;
  verified: boolean;
  /** Not verified yet, but nothing is wrong: see {@link RollbackStatus}. */
  verifiedByRun?: true;
  /** It was ended from outside: nobody knows what it had undone by then. */
  lost?: true;
  reason: string;
  undone: string[];
  status: RollbackStatus;
}

/** What a clean-up returns when nothing is owed any more; one that was cancelled fails with it. */
export interface CleanupResult {
  status: PhaseStatus;
}
