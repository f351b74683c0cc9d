const COMPACT_AT = 4096;

/** The values of the last few seconds. Every answer is `undefined` when there were none: nothing measured is not a 0 or a 1. */
export class SlidingWindow {
  readonly #span: number;
  readonly #now: () => number;
  #samples: { at: number; value: number }[] = [];

  /** @param span seconds @param now a clock in seconds */
  constructor(span: number, now: () => number) {
    this.#span = span;
    this.#now = now;
  }

  add(value: number): void {
    this.#samples.push({ at: this.#now(), value });
    if (this.#samples.length > COMPACT_AT) this.#forget();
  }

  mean(): number | undefined {
    this.#forget();
    if (this.#samples.length === 0) return undefined;
    return this.#samples.reduce((sum, sample) => sum + sample.value, 0) / this.#samples.length;
  }

  /** The value that the share `rank` (0 to 1) of the samples does not exceed. */
  quantile(rank: number): number | undefined {
    this.#forget();
    const sorted = this.#samples.map((sample) => sample.value).toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.ceil(rank * sorted.length) - 1)];
  }

  #forget(): void {
    const oldest = this.#now() - this.#span;
    const first = this.#samples.findIndex((sample) => sample.at > oldest);
    if (first === -1) this.#samples = [];
    else if (first > 0) this.#samples.splice(0, first);
  }
}
