/** Why a phase ends without having passed. */
export interface Stop {
  reason: string;
  /** What is taken back: this phase, or everything that the run changed. */
  reach: 'phase' | 'all';
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
