import { ActivityFailure, CancellationScope, isCancellation, TemporalFailure } from '@temporalio/workflow';
import { failureText } from './attempt.js';

/** Why a phase ends without having passed. */
export interface Stop {
  reason: string;
  /** What is taken back: this phase, or everything that the run changed. */
  reach: 'phase' | 'all';
  /** Of the run: completed phases that are taken back as well, when it is not everything. */
  phases?: string[];
  /** Of a phase: the run takes back more after it, and verifies all of it then. */
  more?: true | undefined;
  /** Of the run: the person who decided it; absent: nobody had to, or the phase alone knows. */
  by?: string | undefined;
}

/** The same stop, as wide as what was asked for meanwhile. */
export function widest({ reason, reach, phases = [], by }: Stop, asked: Stop | undefined): Stop {
  if (reach === 'all' || asked?.reach !== 'all') {
    const all = [...new Set([...phases, ...(asked?.phases ?? [])])];
    return { reason, reach, ...(all.length > 0 ? { phases: all } : {}), by };
  }
  return { reason: `${reason}; then everything: ${asked.reason}`, reach: 'all', by: asked.by };
}

/** Thrown inside the phase's story; never leaves the workflow. */
export class PhaseStopped extends Error {
  readonly stop: Stop;

  constructor(stop: Stop) {
    super(stop.reason);
    this.stop = stop;
    this.name = 'PhaseStopped';
  }
}

/** What a Temporal cancel means. */
export const cancelled: Stop = { reason: 'a Temporal cancel asked for it', reach: 'all' };

/** Stops the phase's story from outside: a person's rollback, a Temporal cancel. The widest reach that was asked for counts. */
export class Brake {
  private readonly story: CancellationScope;
  private readonly root = CancellationScope.current();
  private asked: Stop | undefined;

  constructor(story: CancellationScope) {
    this.story = story;
  }

  pull(stop: Stop): void {
    if (this.asked === undefined || stop.reach === 'all') this.asked = stop;
    this.story.cancel();
  }

  /** What was asked for so far, whatever the story made of it. */
  get stop(): Stop | undefined {
    return this.asked ?? (this.root.consideredCancelled ? cancelled : undefined);
  }

  /** Why the story ended with this error; undefined for a fault in the code, which must not pass for a decision. */
  stopFor(error: unknown): Stop | undefined {
    if (error instanceof PhaseStopped) return error.stop;
    if (isCancellation(error)) return this.stop ?? cancelled;
    if (error instanceof ActivityFailure) return { reason: failureText(error), reach: 'phase' };
    return error instanceof TemporalFailure ? { reason: error.message, reach: 'phase' } : undefined;
  }

  /** The same stop, as wide as what was asked for while the phase was already being taken back. */
  widened(stop: Stop): Stop {
    return widest(stop, this.root.consideredCancelled ? cancelled : this.asked);
  }
}
