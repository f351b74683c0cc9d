import { CancellationScope, CancelledFailure, condition } from '@temporalio/workflow';
import { parseAddress } from '../../plan/address.js';
import { irreversible } from '../../plan/ledger.js';
import type { DeployStep, FlagStep, Phase, Step, TrafficStep, WindowSpec } from '../../plan/model.js';
import type { StepRecord } from '../../plan/run-status.js';
import { Actions } from './actions.js';
import { attest } from './attestation.js';
import { check } from './check.js';
import type { PhaseContext } from './context.js';
import type { Desk } from './desk.js';
import type { Holds } from './holds.js';
import type { PhaseRecord } from './record.js';
import { PhaseStopped } from './stop.js';
import type { WindowOutcome, WindowRequest, Windows } from './windows.js';

const minute = 60_000;

/** What a part of the phase is called; the plan's own steps bring it along. */
export type StepName = Pick<Step, 'id' | 'title' | 'onFail'> & { kind: string };

export function approvalStep({ title, approval }: Phase): StepName {
  return { id: 'approval', kind: 'approval', onFail: 'rollback', title: approval?.title ?? `Approval of ${title}` };
}

/** Runs the steps of a phase, attempt after attempt, until each passed, was waived, or stops the phase. */
export class Steps {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly desk: Desk;
  private readonly holds: Holds;
  private readonly windows: Windows;
  private readonly actions: Actions;
  /** The share, by its place in the plan, at which a ramp was last: what held there was fine before. */
  private readonly reached = new Map<string, number>();
  /** Asked before each of the phase's steps and each share of a ramp: it may hold them up. */
  goOn: () => Promise<void> = () => Promise.resolve();

  constructor(context: PhaseContext, record: PhaseRecord, desk: Desk, holds: Holds, windows: Windows) {
    this.context = context;
    this.record = record;
    this.desk = desk;
    this.holds = holds;
    this.windows = windows;
    this.actions = new Actions(context, record);
  }

  async run(step: Step, part: StepRecord['part']): Promise<void> {
    await this.attempts(step, part, (attempt) => this.make(step, attempt));
  }

  /** One attempt at a step. */
  make(step: Step, attempt: StepRecord): Promise<WindowOutcome> {
    switch (step.kind) {
      case 'flag':
      case 'deploy':
        return this.actions.act(this.requestOf(step, attempt));
      case 'traffic':
        return this.ramp(step, attempt);
      case 'check':
        return check(this.context, this.record, this.windows, step, attempt);
      case 'attest':
        return attest(this.context, this.record, this.desk, step, attempt);
      case 'watch':
        return this.watch(step.window, attempt);
      case 'baseline':
        // The plan's rules have it in a stage of the validation only, which makes it itself.
        return Promise.resolve({ verdict: 'HOLD', reason: 'new baselines belong to the validation' });
    }
  }

  /**
   * Makes attempts at a step until one passed or was waived. A pause stops here, before an attempt begins.
   *
   * @throws PhaseStopped when the step stops the phase
   */
  async attempts(
    step: StepName,
    part: StepRecord['part'],
    make: (attempt: StepRecord) => Promise<WindowOutcome>
  ): Promise<void> {
    let again = true;
    while (again) {
      await this.notPaused();
      const attempt = this.record.begin(step, part);
      again = await this.settle(step.onFail, attempt, await make(attempt));
    }
  }

  /** A window that begins now, judged against the phase's own baseline and first change. */
  watch(spec: WindowSpec, attempt: StepRecord): Promise<WindowOutcome> {
    const { baseline, changedAt } = this.record.facts;
    const request: WindowRequest = { spec, t0: Date.now(), baseline, changedAt };
    return this.windows.watch(attempt, request);
  }

  /** Records an attempt's outcome; true when there is to be another one. */
  private async settle(onFail: Step['onFail'], attempt: StepRecord, outcome: WindowOutcome): Promise<boolean> {
    if ('decided' in outcome) return this.holds.settle(attempt, outcome.reason, outcome.decided);
    const { verdict, reason, evidence } = outcome;
    if (verdict === 'PASS') {
      this.record.mark(attempt, { ...outcome, state: 'passed' });
      return false;
    }
    // Behind a change that cannot be undone the way back is closed: people choose, whatever the plan's policy is.
    const closed = irreversible(this.record.facts.ledger).length > 0;
    if (verdict === 'FAIL' && onFail === 'rollback' && !closed) {
      this.record.mark(attempt, { ...outcome, state: 'failed' });
      throw new PhaseStopped({ reason: `${attempt.address} failed: ${reason}`, reach: 'phase' });
    }
    Object.assign(attempt, outcome);
    return this.holds.settle(attempt, reason, await this.holds.open(attempt, reason, evidence?.at(-1)));
  }

  /**
   * Waits while the phase is paused, or an incident holds it. One that was stopped while a step was under way begins nothing more, even when
   * that step passed.
   */
  async notPaused(): Promise<void> {
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('the phase is being stopped');
    if (!this.record.isHeldUp) return;
    this.record.publish();
    await condition(() => !this.record.isHeldUp);
  }

  private requestOf(step: FlagStep | DeployStep, attempt: StepRecord): Parameters<Actions['act']>[0] {
    const base = { step: step.id, attempt: attemptOf(attempt), title: step.title, cannotUndo: step.cannotUndo };
    if (step.kind === 'flag') {
      const { key, to, percent, include } = step;
      return { ...base, change: { type: 'flag', key, enabled: to, percent, include }, longestMs: minute };
    }
    const { target, revision, repeatable } = step;
    const allowed = this.context.input.environment.deploy[target]?.timeout.ms ?? 0;
    return { ...base, change: { type: 'deploy', target, revision, repeatable }, longestMs: allowed + minute };
  }

  /** Exposes more and more traffic, each share held under watch before the next; another attempt takes nothing back. */
  private async ramp(step: TrafficStep, attempt: StepRecord): Promise<WindowOutcome> {
    let last: WindowOutcome = { verdict: 'HOLD', reason: 'the plan gives no share' };
    const from = this.reached.get(step.id) ?? 0;
    for (const [place, percent] of step.percents.entries()) {
      if (place < from) continue;
      await this.goOn();
      await this.notPaused();
      this.reached.set(step.id, place);
      const exposed = await this.actions.act({
        step: `${step.id}@${percent}`,
        attempt: attemptOf(attempt),
        title: `${step.title}: ${percent} %`,
        cannotUndo: step.cannotUndo,
        change: { type: 'flag', key: step.flag, enabled: true, percent },
        longestMs: minute,
      });
      const evidence = [...(attempt.evidence ?? []), ...(exposed.evidence ?? [])];
      if (exposed.verdict !== 'PASS') return { ...exposed, evidence, reason: `at ${percent} %: ${exposed.reason}` };
      this.record.mark(attempt, { reason: `at ${percent} %`, evidence });
      last = await this.watch(step.hold, attempt);
      if ('decided' in last || last.verdict !== 'PASS') return { ...last, reason: `at ${percent} %: ${last.reason}` };
    }
    return { ...last, reason: `exposed to ${step.percents.at(-1) ?? 0} %; ${last.reason}` };
  }
}

function attemptOf(step: StepRecord): number {
  return parseAddress(step.address)?.attempt ?? 1;
}
