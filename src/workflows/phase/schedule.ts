import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { irreversible } from '../../plan/ledger.js';
import type { Schedule } from '../../plan/model.js';
import { preDeploymentId } from '../../plan/names.js';
import type { Freeze, Opening } from '../../plan/schedule.js';
import { host } from '../activities.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';
import type { StepName, Steps } from './steps.js';
import type { Brake } from './stop.js';

type Asked = Opening & { askedAt: number };

const opening: StepName = { id: 'schedule', title: 'Schedule of the phase', kind: 'schedule', onFail: 'hold' };
const freeze: StepName = { id: 'freeze', title: 'Freeze', kind: 'schedule', onFail: 'hold' };

/**
 * When a phase may make its first change: it waits for its days and hours and for the end of blackouts, and where none of
 * that comes any more it starts only by a waiver. Behind the first change it heeds the freeze that the plan speaks of.
 *
 * When something begins or ends, timers say: they fire in their place in the history, however late a worker sees it.
 */
export class PhaseSchedule {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly steps: Steps;
  private readonly brake: Brake;
  /** Nobody knows whether it may start now. */
  private shut: boolean;
  private waived = false;
  /** Epoch ms; it has passed, since a timer said so: a host whose clock is slow is not asked again and again. */
  private notBefore: number | undefined;
  private isBegun = false;
  /** Why nothing more may begin. */
  private frozen: string | undefined;
  private closing = new CancellationScope();
  private freezing = new CancellationScope();

  constructor(context: PhaseContext, record: PhaseRecord, steps: Steps, brake: Brake) {
    this.context = context;
    this.record = record;
    this.steps = steps;
    this.brake = brake;
    const { phase, environment } = context.input;
    this.shut = phase.schedule !== undefined || (environment.blackouts?.length ?? 0) > 0;
    steps.goOn = () => this.thawed();
  }

  /**
   * Resolves when the phase may start; a pause is waited out too. Call it again behind whatever may have waited. One
   * waiver is for all of the phase.
   *
   * @returns whether it had to wait for its schedule
   * @throws PhaseStopped when it may never start and nobody waived that by the deadline
   */
  async opened(): Promise<boolean> {
    let waited = false;
    do {
      while (!this.isOpen) waited = (await this.wait()) || waited;
      await this.steps.notPaused();
    } while (!this.isOpen);
    return waited;
  }

  /** Whether it may start, as far as timers have told. */
  get isOpen(): boolean {
    return !this.shut || this.waived;
  }

  /** From here on the phase is finished, whatever day it is, unless a freeze begins of which the plan says otherwise. */
  begun(): void {
    this.isBegun = true;
  }

  /** Its end does not matter any more. */
  stayOpen(): void {
    this.closing.cancel();
  }

  private async wait(): Promise<boolean> {
    const { found, held } = await this.whenOpen();
    if (!found) return held;
    const { opensAt, askedAt, text } = found;
    if (opensAt <= askedAt) {
      this.shut = false;
      await this.heed(found);
      return held;
    }
    Object.assign(this.record.facts, { opensAt, opening: text });
    this.record.publish();
    await sleep(left(opensAt, askedAt), { summary: `Waits ${text}`.slice(0, 180) });
    this.notBefore = opensAt;
    delete this.record.facts.opensAt;
    delete this.record.facts.opening;
    // It may be later than that: it is asked again.
    return true;
  }

  /** `found` is undefined when somebody waived the schedule. */
  private async whenOpen(): Promise<{ found?: Asked; held: boolean }> {
    let found: Asked | undefined;
    const ask = async (): Promise<StepOutcome | undefined> => {
      const answer = await this.ask(this.context.input.phase.schedule);
      if ('verdict' in answer) return answer;
      if (answer.closed !== undefined) return { verdict: 'HOLD', reason: answer.closed };
      found = answer;
      return undefined;
    };
    // It is no step of its own while all goes well.
    let problem = await ask();
    if (!problem) return { ...(found ? { found } : {}), held: false };
    await this.steps.attempts(opening, 'before', async () => {
      const outcome = problem ?? (await ask());
      problem = undefined;
      return outcome ?? { verdict: 'PASS', reason: 'it is known when the phase may start' };
    });
    if (!found) this.waived = true;
    return { ...(found ? { found } : {}), held: true };
  }

  private ask(schedule: Schedule | undefined): Promise<Asked | StepOutcome> {
    const { phase, run, environment, completed } = this.context.input;
    const { compression, timeZone, blackouts } = environment;
    // The checklists before all phases may take weeks: the first day is the one on which they were closed.
    const runStartedAt = completed[preDeploymentId]?.completedAt ?? run.startedAt;
    return verdictOf(() =>
      host.scheduleOpening.executeWithOptions({ summary: `When may ${phase.id} start?` }, [
        {
          runStartedAt,
          timeZone,
          ...(schedule ? { schedule } : {}),
          ...(blackouts ? { blackouts } : {}),
          ...(compression ? { compression } : {}),
          ...(this.notBefore === undefined ? {} : { notBefore: this.notBefore }),
        },
      ])
    );
  }

  /** Lets timers tell when that which was answered is over; where that is already, the shortest of timers does. */
  private async heed({ closesAt, askedAt, freeze: next }: Asked): Promise<void> {
    this.closing.cancel();
    this.freezing.cancel();
    [this.closing, this.freezing] = [new CancellationScope(), new CancellationScope()];
    // The answer may be hours old, and the clock that of the task before (decision 009). Behind a timer it no longer is.
    await sleep(1, { summary: 'Looks at the clock' });
    if (closesAt !== undefined && !this.isBegun) {
      at(this.closing, left(closesAt, askedAt), `May start no more`, () => {
        this.shut = true;
      });
    }
    if (next) at(this.freezing, left(next.at, askedAt), `Freeze: then ${next.then}`, () => this.freeze(next));
  }

  private freeze({ then, reason }: Freeze): void {
    if (!this.isBegun || this.waived) return;
    // Behind a change that cannot be undone the way back is closed: people choose.
    if (then === 'retreat' && irreversible(this.record.facts.ledger).length === 0) {
      this.brake.pull({ reason: `${reason}, and for that the plan says retreat`, reach: 'phase' });
    } else this.frozen = reason;
  }

  /** In a freeze people are asked before anything more begins; without one it resolves at once. */
  private async thawed(): Promise<void> {
    if (this.frozen === undefined) return;
    let known = true;
    await this.steps.attempts(freeze, 'steps', async () => {
      if (!known) return this.thaw();
      known = false;
      return { verdict: 'HOLD', reason: this.frozen ?? '' };
    });
    // It was neither over nor is it known to be: somebody waived it, for all of the phase.
    if (this.frozen !== undefined) this.waived = true;
    this.frozen = undefined;
  }

  /** Looks whether the freeze is over. The days of the phase say nothing to one that has begun. */
  private async thaw(): Promise<StepOutcome> {
    const { week: _week, days: _days, ...hours } = this.context.input.phase.schedule ?? {};
    const answer = await this.ask(hours);
    if ('verdict' in answer) return answer;
    if (answer.opensAt > answer.askedAt)
      return { verdict: 'HOLD', reason: `${this.frozen ?? ''}; it lasts ${answer.text}` };
    this.frozen = undefined;
    await this.heed(answer);
    return { verdict: 'PASS', reason: 'the freeze is over' };
  }
}

/** Ms until an instant, for a timer; counted from now, and no earlier than it was asked. */
function left(instant: number, askedAt: number): number {
  return Math.max(1, instant - Math.max(askedAt, Date.now()));
}

/** Does something after a time, unless the scope is cancelled before. */
function at(scope: CancellationScope, ms: number, summary: string, act: () => void): void {
  const wait = async (): Promise<void> => {
    try {
      await sleep(ms, { summary });
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    act();
  };
  void scope.run(wait);
}
