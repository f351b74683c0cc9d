/** Now, and never before what activities said of their own time: the workflow's clock may be late (decision 009). */
export class KnownTime {
  private latest = 0;

  /** An instant (epoch ms) that has surely passed. */
  saw(instant: number): void {
    this.latest = Math.max(this.latest, instant);
  }

  /** Epoch ms. */
  get now(): number {
    return Math.max(Date.now(), this.latest);
  }
}
