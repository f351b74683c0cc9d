import { sleep } from '@temporalio/workflow';
import { together } from '../beside.js';
import type { BeforeItem, Step } from '../../plan/model.js';
import { baselineMetrics, captureBaseline, type BaselineMetrics } from './baseline.js';
import type { PhaseContext } from './context.js';
import { Freshness, validityOf } from './freshness.js';
import type { PhaseRecord } from './record.js';
import type { PhaseSchedule } from './schedule.js';
import type { Steps } from './steps.js';

const baseline = {
  id: 'baseline',
  title: 'Baseline before the first change',
  kind: 'baseline',
  onFail: 'hold',
} as const;

const changes: ReadonlySet<Step['kind']> = new Set(['flag', 'deploy', 'traffic']);

/** What must be true when the first change comes: the phase may start, and what is checked before it holds and is fresh. */
export class Readiness {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly steps: Steps;
  private readonly schedule: PhaseSchedule;
  private readonly freshness: Freshness;
  private readonly metrics: BaselineMetrics | undefined;
  private wasSeen = false;
  /** Behind the first change nothing of it matters any more. */
  private isOver = false;

  constructor(context: PhaseContext, record: PhaseRecord, steps: Steps, schedule: PhaseSchedule) {
    this.context = context;
    this.record = record;
    this.steps = steps;
    this.schedule = schedule;
    this.freshness = new Freshness(record, steps);
    this.metrics = baselineMetrics(context.input.phase);
  }

  /** Resolves when all of it is true. Call it again behind whatever may have taken long. */
  async reached(): Promise<void> {
    let waited = await this.schedule.opened();
    if (!this.wasSeen) {
      // Stability looks far back and may wait long; what is checked "before" must be fresh when the first change comes.
      await this.see(this.items.filter(isStable));
      await this.schedule.opened();
    }
    let due = this.wasSeen ? this.old : this.items.filter((item) => !isStable(item));
    while (!this.wasSeen || waited || due.length > 0) {
      this.wasSeen = true;
      await this.see(due);
      if (this.metrics) await this.captureBaseline(this.metrics);
      waited = await this.schedule.opened();
      due = this.old;
    }
  }

  /** Resolves when a step may begin: ahead of the first change when all of it is true, and that change at once then. */
  async before({ kind }: Step): Promise<void> {
    if (this.isOver) return;
    if (!changes.has(kind)) return this.reached();
    do {
      await this.reached();
      await this.caughtUp();
    } while (!this.schedule.isOpen || this.record.isHeldUp || this.old.length > 0);
    this.schedule.begun();
    this.end();
  }

  /** The first change comes now, or none will. */
  end(): void {
    this.isOver = true;
    this.schedule.stayOpen();
    this.freshness.end();
  }

  /**
   * Lets every timer fire that would have while no worker was there: what was waited for may be known long after it
   * came, and a message before the timers that fired ahead of it.
   */
  private async caughtUp(): Promise<void> {
    const { phase, environment } = this.context.input;
    if (!phase.schedule && !environment.blackouts?.length && !this.items.some(validityOf)) return;
    await sleep(2, { summary: 'Last look before the first change' });
  }

  private get items(): readonly BeforeItem[] {
    return this.context.input.phase.before;
  }

  private get old(): BeforeItem[] {
    return this.items.filter((item) => this.freshness.isOld(item));
  }

  private see(items: readonly BeforeItem[]): Promise<void> {
    return together(items.map((item) => () => this.freshness.see(item)));
  }

  private captureBaseline(metrics: BaselineMetrics): Promise<void> {
    return this.steps.attempts(baseline, 'before', (attempt) =>
      captureBaseline(this.context, this.record, metrics, attempt)
    );
  }
}

function isStable(item: BeforeItem): boolean {
  return item.kind === 'check' && item.check.type === 'stable';
}
