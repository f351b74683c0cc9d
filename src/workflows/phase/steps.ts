import { condition } from '@temporalio/workflow';
import type { ActionStep, AttestStep, CheckStep, Step, TrafficStep, WatchStep } from '../../plan/model.js';
import { irreversible } from '../../plan/ledger.js';
import type { Gate, StepRecord } from '../../plan/run-status.js';
import { announce } from '../announce.js';
import { oneOf } from '../../plan/text/spans.js';
import { Actions } from './actions.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { Desk } from './desk.js';
import type { Holds } from './holds.js';
import type { PhaseRecord } from './record.js';
import { PhaseStopped } from './stop.js';
import { stableWindow } from './stable.js';
import type { WindowOutcome, WindowRequest, Windows } from './windows.js';

const minute = 60_000;

/** Runs one step of a phase, attempt after attempt, until it passed, was waived, or stops the phase. */
export class Steps {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly desk: Desk;
  private readonly holds: Holds;
  private readonly windows: Windows;
  private readonly actions: Actions;

  constructor(context: PhaseContext, record: PhaseRecord, desk: Desk, holds: Holds, windows: Windows) {
    this.context = context;
    this.record = record;
    this.desk = desk;
    this.holds = holds;
    this.windows = windows;
    this.actions = new Actions(context, record);
  }

  async run(step: Step, part: StepRecord['part']): Promise<void> {
    await this.attempts(step, part, (record) => {
      switch (step.kind) {
        case 'flag':
        case 'deploy':
          return this.change(step, record);
        case 'traffic':
          return this.ramp(step, record);
        case 'check':
          return this.check(step, record);
        case 'attest':
          return this.attest(step, record);
        case 'watch':
          return this.watch(step, record);
      }
    });
  }

  /** Pause stops here, before the next step or attempt begins. */
  async notPaused(): Promise<void> {
    if (!this.record.facts.paused) return;
    this.record.publish();
    await condition(() => this.record.facts.paused === undefined);
  }

  async attempts(
    step: { id: string; title: string; kind: string; onFail: Step['onFail'] },
    part: StepRecord['part'],
    run: (record: StepRecord) => Promise<WindowOutcome>
  ): Promise<void> {
    for (;;) {
      await this.notPaused();
      const record = this.record.begin(step, part);
      const outcome = await run(record);
      if (!(await this.again(step.onFail, record, outcome))) return;
    }
  }

  private async again(onFail: Step['onFail'], record: StepRecord, outcome: WindowOutcome): Promise<boolean> {
    if ('decided' in outcome) return this.holds.settle(record, outcome.reason, outcome.decided);
    const { verdict, reason, output, evidence } = outcome;
    const facts = { verdict, reason, ...(output === undefined ? {} : { output }), ...(evidence ? { evidence } : {}) };
    if (verdict === 'PASS') {
      this.record.mark(record, { state: 'passed', ...facts });
      return false;
    }
    // Behind a change that cannot be undone the way back is closed: people choose, whatever the plan's policy is.
    const closed = irreversible(this.record.facts.ledger).length > 0;
    if (verdict === 'FAIL' && onFail === 'rollback' && !closed) {
      this.record.mark(record, { state: 'failed', ...facts });
      throw new PhaseStopped({ reason: `${record.address} failed: ${reason}`, reach: 'phase' });
    }
    Object.assign(record, facts);
    return this.holds.resolve(record, reason, evidence?.at(-1));
  }

  private change(step: Exclude<ActionStep, TrafficStep>, record: StepRecord): Promise<StepOutcome> {
    const attempt = Number(record.address.split('#')[1]);
    const base = { step: step.id, attempt, title: step.title, cannotUndo: step.cannotUndo };
    if (step.kind === 'flag') {
      const { key, to, percent, include } = step;
      return this.actions.act({
        ...base,
        change: { type: 'flag', key, enabled: to, percent, include },
        longestMs: minute,
      });
    }
    const { target, revision, repeatable } = step;
    const allowed = this.context.input.environment.deploy[target]?.timeout.ms ?? minute;
    return this.actions.act({
      ...base,
      change: { type: 'deploy', target, revision, repeatable },
      longestMs: allowed + minute,
    });
  }

  private async ramp(step: TrafficStep, record: StepRecord): Promise<WindowOutcome> {
    const attempt = Number(record.address.split('#')[1]);
    let last: StepOutcome = { verdict: 'HOLD', reason: 'no share was given' };
    for (const percent of step.percents) {
      await this.notPaused();
      const change = { type: 'flag' as const, key: step.flag, enabled: true, percent };
      const base = {
        step: `${step.id}@${percent}`,
        attempt,
        title: `${step.title}: ${percent} %`,
        cannotUndo: step.cannotUndo,
      };
      last = await this.actions.act({ ...base, change, longestMs: minute });
      if (last.verdict !== 'PASS') return { ...last, reason: `at ${percent} %: ${last.reason}` };
      record.reason = `at ${percent} %`;
      const held = await this.windows.watch(record, this.now(step.hold));
      if ('decided' in held) return held;
      if (held.verdict !== 'PASS') return { ...held, reason: `at ${percent} %: ${held.reason}` };
      last = held;
    }
    return { ...last, reason: `exposed to ${step.percents.at(-1) ?? 0} %; ${last.reason}` };
  }

  private async check(step: CheckStep, record: StepRecord): Promise<WindowOutcome> {
    const { check } = step;
    if (check.type === 'stable') return this.windows.watch(record, stableWindow(check, this.context.input));
    const metrics = check.type === 'metric' ? [check.criterion.metric] : [];
    const flags = check.type === 'flag' ? { flags: true as const } : {};
    const longest = 'timeout' in check ? check.timeout.ms : 0;
    const result = await verdictOf(() =>
      this.context.calls
        .changes(4 * longest + minute)
        .runCheck.executeWithOptions({ summary: `Check: ${step.title}`.slice(0, 180) }, [
          {
            origin: this.context.origin(record.address, step.title),
            check,
            environment: this.context.slice({ metrics, checks: true, ...flags }),
            ...(this.record.facts.baseline ? { baseline: this.record.facts.baseline } : {}),
            ...(this.record.facts.changedAt === undefined ? {} : { changedAt: this.record.facts.changedAt }),
          },
        ])
    );
    if (!('endedAt' in result)) return result;
    const { verdict, reason, output, evidence } = result;
    return { verdict, reason, ...(output === undefined ? {} : { output }), evidence: [evidence] };
  }

  private watch(step: WatchStep, record: StepRecord): Promise<WindowOutcome> {
    return this.windows.watch(record, this.now(step.window));
  }

  /** A window that begins now, judged against the phase's own baseline and first change. */
  now(spec: WatchStep['window']): WindowRequest {
    const { baseline, changedAt } = this.record.facts;
    return { spec, t0: Date.now(), baseline, changedAt };
  }

  private async attest(step: AttestStep, record: StepRecord): Promise<WindowOutcome> {
    const people = this.context.input.environment.people
      .filter((one) => one.roles.includes(step.by))
      .map((one) => one.name);
    const gate: Gate = {
      address: record.address,
      kind: 'attestation',
      title: step.title,
      reason: `a ${step.by} answers this item`,
      roles: { [step.by]: 1 },
      people,
      decisions: [],
      openedAt: Date.now(),
      deadlineAt: Date.now() + step.expires.ms,
      then: 'put the phase on hold',
      digest: '',
      answers: ['attest'],
    };
    this.record.mark(record, { state: 'waiting' });
    const answered = this.desk.wait(gate, step.expires.ms);
    void announce(this.context.input.run, this.context.input.environment, {
      kind: 'attestation',
      address: record.address,
      title: step.title,
      text: `${oneOf(people)}: is this done, not applicable, or failed?`,
      to: people,
    });
    const outcome = await answered;
    if (outcome.kind !== 'answered') return { verdict: 'HOLD', reason: `nobody (${oneOf(people)}) answered in time` };
    record.answer = {
      by: outcome.by,
      answer: outcome.answer,
      ...(outcome.evidence === undefined ? {} : { evidence: outcome.evidence }),
      ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
      at: Date.now(),
    };
    const said = [`${outcome.by}: ${outcome.answer}`, outcome.evidence, outcome.reason]
      .filter((part) => part !== undefined)
      .join(' · ');
    return { verdict: outcome.answer === 'failed' ? 'FAIL' : 'PASS', reason: said };
  }
}
