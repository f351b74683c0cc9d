import type { LedgerEntry } from '../../plan/change.js';
import { describeChange, describeState } from '../../plan/ledger.js';
import type { Standing, Unit } from '../../plan/model.js';
import type { Outcome } from '../../plan/outcome.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type {
  KpiResult,
  PhaseStatus,
  Refusal,
  RollbackStatus,
  RunState,
  UndoRecord,
  Waiver,
} from '../../plan/run-status.js';
import type { GuardStatus, IncidentStatus } from '../../plan/watch-status.js';
import { effectiveState } from '../read/effective-state.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { timeline, type RunEvent } from '../timeline/timeline.js';
import { finishing, outcomeLine, type Finishing } from '../view/outcome-line.js';
import { reportedChecklists, type ReportedChecklist } from './checklists.js';
import { reportedDecisions, type ReportedDecision } from './decisions.js';
import { stillOwed, type OwedPoint } from './owed.js';
import { withCleanup } from './with-cleanup.js';
import type { ReportedWindow, UnreadWindow } from './windows.js';

/** A change and what became of it. */
export interface ReportedChange {
  id: string;
  title: string;
  change: string;
  before: string;
  capturedAt: number;
  fate: 'in force' | 'being undone' | 'undone' | 'taken over by hand' | 'accepted as it is' | 'cannot be undone';
  reason?: string;
  evidence?: EvidenceRef;
}

/** Metric -> its unit, to show numbers as people write them. */
export type Units = Record<string, Unit>;

/** What happened in a run, for people who were not there. Times are epoch ms; additions only within a schemaVersion. */
export interface Report {
  schemaVersion: 1;
  madeAt: number;
  /** The outcome in one line, with what must be known about it. */
  headline: string;
  /** What to type where the end is not finished. */
  finishing?: Finishing;
  state: RunState;
  outcome?: Outcome;
  /** Time compressed, identities not verified. */
  remarks: string[];
  noWorker?: string;
  run: { workflowId: string; runId: string; startedBy: string; startedAt: number; endedAt?: number };
  plan: { id: string; title: string; digest: string; document?: Standing };
  environment: { id: string; title: string; kind: string };
  vars: Record<string, string>;
  units: Units;
  timeline: RunEvent[];
  /** Who decided what, in order: approvals, waivers, undos by hand. */
  decisions: ReportedDecision[];
  waivers: Waiver[];
  /** What people still have to do; of a run that no worker answers for, what is known of it. */
  owed: OwedPoint[];
  /** Success metrics of the whole migration; empty until there is something to say. */
  kpis: KpiResult[];
  checklists: ReportedChecklist[];
  phases: PhaseStatus[];
  /** Each window with the samples that its verdict was computed from, or why they are not known; absent in Markdown. */
  windows?: Array<ReportedWindow | UnreadWindow>;
  /** Titles of phases that never started. */
  notStarted: string[];
  changes: ReportedChange[];
  rollbacks: RollbackStatus[];
  /** What watched beside it, and what it saw. */
  guard?: GuardStatus;
  /** Absent in plans that lead none. */
  incidents?: IncidentStatus[];
  refusals: Refusal[];
}

/**
 * Puts a report together from a snapshot; the same facts always give the same report.
 *
 * @param windows as `readWindows` read them from the evidence
 */
export function buildReport(snapshot: RunSnapshot, windows?: Report['windows']): Report {
  const { run, frozen, rollbacks } = snapshot;
  const whole = withCleanup(snapshot);
  const { phases } = whole;
  const left = finishing(snapshot);
  const started = new Set(phases.map((phase) => phase.phase));
  return {
    schemaVersion: 1,
    madeAt: snapshot.at,
    headline: outcomeLine(snapshot),
    ...(left ? { finishing: left } : {}),
    state: effectiveState(snapshot),
    ...(run.outcome ? { outcome: run.outcome } : {}),
    remarks: run.remarks,
    ...(snapshot.noWorker === undefined ? {} : { noWorker: snapshot.noWorker }),
    run: {
      workflowId: run.workflowId,
      runId: run.runId,
      startedBy: run.startedBy,
      startedAt: run.startedAt,
      ...(run.outcome ? { endedAt: run.outcome.endedAt } : {}),
    },
    plan: { ...run.plan, ...(frozen.plan.document ? { document: frozen.plan.document } : {}) },
    environment: { id: frozen.environment.id, title: frozen.environment.title, kind: frozen.environment.kind },
    vars: frozen.vars,
    units: Object.fromEntries(Object.values(frozen.plan.metrics).map(({ name, unit }) => [name, unit])),
    timeline: withoutBeginnings(timeline(snapshot)),
    decisions: reportedDecisions(whole),
    waivers: phases.flatMap((phase) => phase.waivers).toSorted((a, b) => a.at - b.at),
    owed: stillOwed(snapshot),
    kpis: run.kpis ?? [],
    checklists: reportedChecklists(whole),
    phases,
    ...(windows ? { windows } : {}),
    notStarted: run.phases.filter((phase) => !started.has(phase.id)).map((phase) => `${phase.id} ${phase.title}`),
    changes: phases.flatMap((phase) => phase.ledger).map((entry) => reported(entry, rollbacks)),
    rollbacks,
    ...(snapshot.guard ? { guard: snapshot.guard } : {}),
    ...(snapshot.incidents ? { incidents: snapshot.incidents } : {}),
    refusals: [run, ...phases, ...rollbacks, ...(snapshot.incidents ?? [])]
      .flatMap((from) => from.refusals)
      .toSorted((a, b) => a.at - b.at),
  };
}

/** In hindsight the end of a step tells its story; what only began stays. */
function withoutBeginnings(events: readonly RunEvent[]): RunEvent[] {
  const ended = new Set(events.filter((event) => event.state !== 'running').map((event) => event.about));
  return events.filter((event) => event.state !== 'running' || !event.about.includes('#') || !ended.has(event.about));
}

function reported(entry: LedgerEntry, rollbacks: readonly RollbackStatus[]): ReportedChange {
  const undo = rollbacks
    .flatMap((rollback) => rollback.undos)
    .findLast((one) => one.entryId === entry.id || one.covers.includes(entry.id));
  return {
    id: entry.id,
    title: entry.title,
    change: describeChange(entry.change),
    before: describeState(entry.before),
    capturedAt: entry.capturedAt,
    fate: fateOf(entry, undo),
    ...(undo?.reason === undefined ? {} : { reason: undo.reason }),
    ...(undo?.evidence ? { evidence: undo.evidence } : {}),
  };
}

function fateOf(entry: LedgerEntry, undo: UndoRecord | undefined): ReportedChange['fate'] {
  if (undo?.state === 'done') return 'undone';
  if (undo?.state === 'taken over') return 'taken over by hand';
  if (undo?.state === 'accepted') return 'accepted as it is';
  if (entry.cannotUndo !== undefined || undo?.state === 'cannot be undone') return 'cannot be undone';
  return undo ? 'being undone' : 'in force';
}
