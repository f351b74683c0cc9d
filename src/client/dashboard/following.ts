import { PhasegateError } from '../../plan/errors.js';
import type { RunRef } from '../read/snapshot.js';
import type { RangeId } from './document.js';
import type { Look } from './look.js';
import type { Seen } from './seen.js';

export interface FollowingOptions {
  run: RunRef;
  /** The run that is meant by now. */
  resolve: () => Promise<RunRef>;
  open: (run: RunRef) => Pick<Look, 'look'>;
  /** Told of another run that is shown from now on. */
  moved: (run: RunRef) => void;
}

/** Looks at the run that is meant. Once it has ended, that may be another one: who looks at the last run sees the next. */
export class Following {
  private readonly options: FollowingOptions;
  private run: RunRef;
  private current: Pick<Look, 'look'>;
  private ended = false;

  constructor(options: FollowingOptions) {
    this.options = options;
    this.run = options.run;
    this.current = options.open(options.run);
  }

  /** @throws whatever the first reading of a run throws */
  async look(ranges: readonly RangeId[]): Promise<Seen> {
    if (this.ended) await this.move();
    const seen = await this.current.look(ranges);
    this.ended = seen.snapshot.run.outcome !== undefined;
    return seen;
  }

  private async move(): Promise<void> {
    const next = await this.resolved();
    if (next === undefined || next.runId === this.run.runId) return;
    this.run = next;
    this.current = this.options.open(next);
    this.options.moved(next);
  }

  /** While nobody can say which one is meant, the one that is shown stays. */
  private async resolved(): Promise<RunRef | undefined> {
    try {
      return await this.options.resolve();
    } catch (error) {
      if (error instanceof PhasegateError) return undefined;
      throw error;
    }
  }
}
