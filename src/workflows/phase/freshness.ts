import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { BeforeItem, TimeSpan } from '../../plan/model.js';
import type { PhaseRecord } from './record.js';
import type { Steps } from './steps.js';

/** How long the answer to an item counts; undefined: for ever. */
export function validityOf(item: BeforeItem): TimeSpan | undefined {
  return 'validFor' in item ? item.validFor : undefined;
}

/** Why an item is looked at, or asked for, again. */
export function tooOld(item: BeforeItem): string {
  return `the answer before is older than ${validityOf(item)?.planned ?? ''}`;
}

/** The items before a phase, of which some count only for a time: a timer each, from the answer to the first change. */
export class Freshness {
  private readonly record: PhaseRecord;
  private readonly steps: Steps;
  private readonly old = new Set<string>();
  private readonly timers = new CancellationScope();

  constructor(record: PhaseRecord, steps: Steps) {
    this.record = record;
    this.steps = steps;
  }

  isOld({ id }: BeforeItem): boolean {
    return this.old.has(id);
  }

  /** Makes an item pass, or have it waived; for the first time or again. */
  async see(item: BeforeItem): Promise<void> {
    let again = this.old.delete(item.id);
    await this.steps.attempts(item, 'before', (attempt) => {
      if (again) this.record.mark(attempt, { reason: tooOld(item) });
      again = false;
      return this.steps.make(item, attempt);
    });
    const last = this.record.facts.steps.findLast(({ id }) => id === item.id);
    // A waiver does not grow old.
    const validFor = validityOf(item);
    if (validFor && last?.state === 'passed') void this.timers.run(() => this.age(item, validFor));
  }

  /** Behind the first change nothing needs to be fresh any more. */
  end(): void {
    this.timers.cancel();
  }

  private async age(item: BeforeItem, { ms, planned }: TimeSpan): Promise<void> {
    try {
      await sleep(ms, { summary: `${item.title}: it counts for ${planned}`.slice(0, 180) });
      this.old.add(item.id);
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }
}
