import { condition, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { FrozenPlan, RunInput } from '../../plan/model.js';
import { phaseWorkflowId, remarksOf } from '../../plan/names.js';
import type { Outcome } from '../../plan/outcome.js';
import type { RunIdentity } from '../../plan/run-input.js';
import type { PhaseResult, PhaseSummary, RunState, RunStatus } from '../../plan/run-status.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import { runDetails } from '../../plan/text/details.js';
import { runSentence } from '../../plan/text/sentences.js';
import { Refusals } from '../messages.js';

/** What is known about a run: its phases, its pause, its end. It only records; the migration decides. */
export class MigrationRecord {
  readonly refusals = new Refusals();
  readonly run: RunIdentity;
  readonly phases: PhaseSummary[];
  paused: RunStatus['paused'];
  /** Why a person wants everything taken back. */
  stopRequest: string | undefined;
  /** The result of the phase that ended last. */
  lastResult: PhaseResult | undefined;
  holdsLocks = false;
  private readonly frozen: FrozenPlan;
  private readonly rollbacks: string[] = [];
  private undoing = false;
  private outcome: Outcome | undefined;
  private published = '';

  constructor(input: RunInput, frozen: FrozenPlan) {
    const { workflowId, runId } = workflowInfo();
    const { plan } = frozen;
    this.frozen = frozen;
    this.run = {
      workflowId,
      runId,
      planId: plan.id,
      planTitle: plan.title,
      digest: frozen.digest,
      startedBy: input.startedBy,
      startedAt: Date.now(),
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
    return this.phases.find((phase) => phase.state === 'running' || phase.state === 'rolling back');
  }

  async notPaused(): Promise<void> {
    if (!this.paused) return;
    this.publish();
    await condition(() => this.paused === undefined);
  }

  locked(): void {
    this.holdsLocks = true;
    this.publish();
  }

  markPhase(id: string, change: Partial<PhaseSummary>): void {
    Object.assign(this.phases.find((phase) => phase.id === id) ?? {}, change);
    this.publish();
  }

  markUndone(ids: readonly string[]): void {
    for (const id of new Set(ids)) this.markPhase(id, { state: 'rolled back' });
  }

  addRollback(workflowId: string): void {
    if (!this.rollbacks.includes(workflowId)) this.rollbacks.push(workflowId);
  }

  rollingBack(): void {
    this.undoing = true;
    this.publish();
  }

  end(outcome: Outcome): void {
    this.outcome = outcome;
    this.publish();
  }

  get status(): RunStatus {
    const { plan, environment, digest } = this.frozen;
    const body = {
      schemaVersion: 1 as const,
      workflowId: this.run.workflowId,
      runId: this.run.runId,
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
      phases: this.phases,
      rollbacks: this.rollbacks,
      gates: [],
      refusals: this.refusals.list,
      ...(this.outcome ? { outcome: this.outcome } : {}),
      remarks: remarksOf(environment),
    };
    return { ...body, sentence: runSentence(body) };
  }

  publish(): void {
    const status = this.status;
    setCurrentDetails(runDetails(status));
    const phase = this.active?.id ?? '';
    const shown = `${status.state} ${phase}`;
    if (shown === this.published) return;
    this.published = shown;
    upsertSearchAttributes([
      { key: searchAttributes.status, value: status.state },
      { key: searchAttributes.phase, value: phase === '' ? null : phase },
    ]);
  }

  private get state(): RunState {
    if (this.outcome) {
      if (this.outcome.kind === 'completed' || this.outcome.kind === 'failed') return this.outcome.kind;
      return 'rolled back';
    }
    if (this.undoing || this.stopRequest !== undefined) return 'rolling back';
    if (!this.holdsLocks) return 'waiting for locks';
    return this.paused && !this.active ? 'paused' : 'running';
  }
}
