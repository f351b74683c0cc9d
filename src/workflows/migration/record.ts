import { condition, patched, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { FrozenPlan, Phase, RunInput } from '../../plan/model.js';
import { guardWorkflowId, phaseWorkflowId, remarksOf } from '../../plan/names.js';
import type { Outcome } from '../../plan/outcome.js';
import { findPerson } from '../../plan/people.js';
import type { PhaseNews } from '../../plan/phase-news.js';
import type { CompletedPhase, RunIdentity } from '../../plan/run-input.js';
import type {
  Held,
  PhaseResult,
  PhaseSummary,
  RollbackResult,
  RunGuard,
  RunState,
  RunStatus,
} from '../../plan/run-status.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import { runDetails } from '../../plan/text/details.js';
import { runSentence } from '../../plan/text/sentences.js';
import type { IncidentSummary } from '../../plan/watch-status.js';
import { Inbox } from '../messages.js';
import { widest, type Stop } from '../phase/stop.js';
import { Shown } from '../shown.js';

/** What is known about a run: its phases, its pause, its end. It only records; the migration decides. */
export class MigrationRecord {
  readonly inbox: Inbox;
  readonly run: RunIdentity;
  readonly frozen: FrozenPlan;
  readonly phases: PhaseSummary[];
  /** Results of the phases that completed and are in force, in their order. */
  readonly kept: Array<{ id: string; result: PhaseResult }> = [];
  paused: RunStatus['paused'];
  /** An incident holds the run. */
  held: Held | undefined;
  /** In their order, as the desk for incidents knows them. */
  incidents: IncidentSummary[] = [];
  holdsLocks = false;
  /** An earlier build made it wait for a stage that alone could ask for an approval, and does not begin meanwhile. */
  heldUnasked = false;
  private asked: Stop | undefined;
  readonly rollbacks: string[] = [];
  /** Epoch ms of the last undo so far. */
  undoneAt: number | undefined;
  kpis: RunStatus['kpis'];
  guard: RunStatus['guard'];
  /** Epoch ms of the first change of the run. */
  changedAt: number | undefined;
  /** Metric -> what it was before the first change of the run. */
  readonly baseline: Record<string, number> = {};
  private undoing = false;
  private settled = false;
  /** Whatever comes now comes after the run: it takes nothing back any more. */
  isClosing = false;
  private outcome: Outcome | undefined;
  private readonly shown = new Shown('');

  constructor(input: RunInput, frozen: FrozenPlan) {
    const { workflowId, firstExecutionRunId } = workflowInfo();
    const { plan, environment } = frozen;
    this.frozen = frozen;
    this.inbox = new Inbox(environment.people, () => this.publish());
    this.run = {
      workflowId,
      // A reset makes another execution of the same run: its locks and its children stay its own.
      runId: firstExecutionRunId,
      planId: plan.id,
      planTitle: plan.title,
      digest: frozen.digest,
      startedBy: findPerson(environment.people, input.startedBy)?.name ?? input.startedBy,
      startedAt: Date.now(),
      ...(input.namesBelieved ? { namesBelieved: true } : {}),
      ...(input.ownPages ? { pageId: firstExecutionRunId.slice(-8) } : {}),
    };
    this.phases = plan.phases.map(({ id, title }) => ({
      id,
      title,
      state: 'pending',
      workflowId: phaseWorkflowId(workflowId, id),
    }));
    this.publish();
  }

  get active(): PhaseSummary | undefined {
    return this.phases.find((phase) => phase.state === 'running');
  }

  /**
   * True from the moment on at which it is certain how the run ends: it takes no messages of people any more. An incident
   * that holds it then has made it uncertain again.
   */
  get hasEnded(): boolean {
    return this.isClosing || (this.settled && this.held === undefined);
  }

  settle(): void {
    this.settled = true;
  }

  /** What a person asked to be taken back, as wide as anybody asked. */
  get stop(): Stop | undefined {
    return this.asked;
  }

  ask(stop: Stop): void {
    if (this.asked?.reach !== 'all') this.asked = stop.reach === 'all' || !this.asked ? stop : widest(this.asked, stop);
    this.publish();
  }

  /** What phases after this one need to know of those that completed. */
  get completed(): Record<string, CompletedPhase> {
    return Object.fromEntries(this.kept.map(({ id, result }) => [id, completedPhase(result)]));
  }

  /**
   * Nothing new begins while somebody paused the run, or an incident holds it. A stage that asks for the approval of a way back
   * begins in a hold, and waits in it: else whoever must choose could not be answered between two stages.
   */
  async mayBegin({ stage }: Phase): Promise<void> {
    if (!this.paused && !this.held) return;
    const asks = stage?.rollbackApproval !== undefined;
    const beginsHeld = asks && patched('stage-begins-held');
    this.heldUnasked = asks && !beginsHeld;
    this.publish();
    await condition(() => this.paused === undefined && (beginsHeld || this.held === undefined));
    this.heldUnasked = false;
  }

  /** Nor does it complete while an incident holds it. */
  async notHeld(): Promise<void> {
    if (!this.held) return;
    this.publish();
    await condition(() => this.held === undefined);
  }

  locked(): void {
    this.holdsLocks = true;
    this.publish();
  }

  markPhase(id: string, change: Partial<PhaseSummary>): void {
    const summary = this.phases.find((phase) => phase.id === id);
    if (summary) Object.assign(summary, change);
    if (change.state) delete summary?.now;
    this.publish();
  }

  /** Takes what the phase under way tells; of another one it is old news. */
  hear({ phase, state, sentence, changedAt, baseline = {} }: PhaseNews): void {
    const { active } = this;
    if (active?.id !== phase) return;
    if (changedAt !== undefined) this.changed(changedAt, baseline);
    if (sentence === undefined) delete active.now;
    else active.now = { state, sentence };
    this.publish();
  }

  /** True while something is taken back: nothing new begins then, so nothing can be paused. */
  get goesBack(): boolean {
    return this.undoing || this.asked !== undefined || this.active?.now?.state === 'rolling back';
  }

  /** What a phase that ended, however it did, says of the whole run. */
  learn({ status }: PhaseResult): void {
    this.changed(status.changedAt, status.baseline?.values ?? {});
  }

  private changed(at: number | undefined, baseline: Record<string, number>): void {
    this.changedAt ??= at;
    for (const [metric, value] of Object.entries(baseline)) this.baseline[metric] ??= value;
  }

  guarded(change: Partial<RunGuard>): void {
    const { guard = { state: 'watching', starts: 1 } } = this;
    this.guard = { ...guard, ...change, workflowId: guardWorkflowId(this.run.workflowId), since: Date.now() };
    this.publish();
  }

  keep(id: string, result: PhaseResult): void {
    this.kept.push({ id, result });
  }

  addRollback({ workflowId, status }: RollbackResult): void {
    if (!this.rollbacks.includes(workflowId)) this.rollbacks.push(workflowId);
    const ends = status.undos.flatMap(({ endedAt }) => endedAt ?? []);
    if (ends.length > 0) this.undoneAt = Math.max(this.undoneAt ?? 0, ...ends);
  }

  /** Whether anything was taken back, or is being taken back now. */
  get takesBack(): boolean {
    return this.undoing || this.rollbacks.length > 0 || this.active?.now?.state === 'rolling back';
  }

  rollingBack(): void {
    this.undoing = true;
    this.publish();
  }

  end(outcome: Outcome): void {
    this.outcome = outcome;
    this.publish();
    this.shown.flush();
  }

  get status(): RunStatus {
    const { plan, environment, digest } = this.frozen;
    const body = {
      schemaVersion: 1 as const,
      workflowId: this.run.workflowId,
      runId: workflowInfo().runId,
      plan: { id: plan.id, title: plan.title, digest },
      environment: {
        id: environment.id,
        kind: environment.kind,
        trust: environment.trust,
        ...(environment.compression ? { compression: environment.compression } : {}),
      },
      startedBy: this.run.startedBy,
      startedAt: this.run.startedAt,
      state: this.state,
      ...(this.paused ? { paused: this.paused } : {}),
      ...(this.held && !this.outcome ? { held: this.held } : {}),
      phases: this.phases,
      ...(this.incidents.length > 0 ? { incidents: this.incidents } : {}),
      rollbacks: this.rollbacks,
      ...(this.kpis ? { kpis: this.kpis } : {}),
      ...(this.guard ? { guard: this.guard } : {}),
      refusals: this.inbox.refusals,
      ...(this.outcome ? { outcome: this.outcome } : {}),
      remarks: remarksOf(environment),
    };
    return { ...body, sentence: runSentence(body) };
  }

  /** Shows the present state in the Temporal UI. */
  publish(): void {
    const status = this.status;
    setCurrentDetails(runDetails(status));
    const phase = this.active?.id ?? null;
    this.shown.show(JSON.stringify([status.state, phase]), [
      { key: searchAttributes.status, value: status.state },
      { key: searchAttributes.phase, value: phase },
    ]);
  }

  private get state(): RunState {
    if (this.outcome) {
      const { kind } = this.outcome;
      return kind === 'completed' || kind === 'failed' ? kind : 'rolled back';
    }
    if (this.goesBack) return 'rolling back';
    if (!this.holdsLocks) return 'waiting for locks';
    if (this.held) return 'on hold';
    if (this.active) return this.active.now?.state ?? 'running';
    return this.paused ? 'paused' : 'running';
  }
}

function completedPhase({ completedAt, status }: PhaseResult): CompletedPhase {
  const { baseline } = status;
  return {
    completedAt,
    ...(baseline ? { baseline: baseline.values } : {}),
  };
}
