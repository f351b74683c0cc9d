import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Phase } from '../../plan/model.js';
import { preDeploymentId } from '../../plan/names.js';
import type { Opening } from '../../plan/schedule.js';
import { daysText, instantText } from '../../plan/text/spans.js';
import { host } from '../activities.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';
import type { StepName, Steps } from './steps.js';

type Asked = Opening & { askedAt: number };

const schedule: StepName = { id: 'schedule', title: 'Days of the phase', kind: 'schedule', onFail: 'hold' };

/** The days on which a phase may start: it waits for the first, and behind the last it starts only by a waiver. */
export class Days {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly steps: Steps;
  private closesAt: number | undefined;
  private over = false;
  private waived = false;
  /** The timer that says when the days are over: it fires in its place in the history, however late a worker sees it. */
  private readonly closing = new CancellationScope();

  constructor(context: PhaseContext, record: PhaseRecord, steps: Steps) {
    this.context = context;
    this.record = record;
    this.steps = steps;
  }

  async begin(): Promise<void> {
    const opening = await this.opening();
    if (!opening) return;
    const { opensAt, closesAt, text, askedAt } = opening;
    if (closesAt !== undefined) this.close(closesAt, askedAt);
    const wait = opensAt - askedAt;
    if (wait <= 0) return;
    this.record.facts.opensAt = opensAt;
    this.record.publish();
    await sleep(wait, { summary: `${text}: ${instantText(opensAt)}` });
    delete this.record.facts.opensAt;
  }

  /** Behind its first change a phase is finished, whatever day it is. */
  begun(): void {
    this.closing.cancel();
  }

  private close(closesAt: number, askedAt: number): void {
    this.closesAt = closesAt;
    if (askedAt >= closesAt) this.over = true;
    else void this.closing.run(() => this.waitForEnd(closesAt, closesAt - askedAt));
  }

  private async waitForEnd(closesAt: number, ms: number): Promise<void> {
    try {
      await sleep(ms, { summary: `Its days are over: ${instantText(closesAt)}` });
      this.over = true;
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }

  /** Undefined without days, or when somebody waived them since nobody could tell when they are. */
  private async opening(): Promise<Asked | undefined> {
    const { phase } = this.context.input;
    if (!phase.schedule) return undefined;
    const days = phase.schedule;
    let opening: Asked | undefined;
    const ask = async (): Promise<StepOutcome | undefined> => {
      const found = await this.ask(days);
      if ('verdict' in found) return found;
      opening = found;
      return undefined;
    };
    // It is no step of its own while all goes well.
    let problem = await ask();
    if (!problem) return opening;
    await this.steps.attempts(schedule, 'before', async () => {
      const outcome = problem ?? (await ask());
      problem = undefined;
      return outcome ?? { verdict: 'PASS', reason: `they are known: ${daysText(days)}` };
    });
    if (!opening) this.waived = true;
    return opening;
  }

  private ask(days: NonNullable<Phase['schedule']>): Promise<Asked | StepOutcome> {
    const { phase, run, environment, completed } = this.context.input;
    const { compression, timeZone } = environment;
    // The checklists before all phases may take weeks: the first day is the one on which they were closed.
    const runStartedAt = completed[preDeploymentId]?.completedAt ?? run.startedAt;
    return verdictOf(() =>
      host.scheduleOpening.executeWithOptions({ summary: `When are the days of ${phase.id}?` }, [
        { schedule: days, runStartedAt, timeZone, ...(compression ? { compression } : {}) },
      ])
    );
  }

  /**
   * A HOLD when the days are over. Ask again behind whatever may have waited; a pause is waited out first, so that
   * nothing lies between the answer and what comes next. One waiver is for all of the phase.
   *
   * @throws PhaseStopped when nobody waived it by the deadline
   */
  async notOver(): Promise<void> {
    const { phase, environment } = this.context.input;
    if (!phase.schedule || this.waived) return;
    await this.steps.notPaused();
    if (!this.over || this.closesAt === undefined) return;
    const reason = `its days (${daysText(phase.schedule)}, ${environment.timeZone}) ended at ${instantText(this.closesAt)}`;
    await this.steps.attempts(schedule, 'before', () => Promise.resolve({ verdict: 'HOLD', reason }));
    this.waived = true;
  }
}
