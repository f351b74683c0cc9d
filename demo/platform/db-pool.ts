import { setTimeout as sleep } from 'node:timers/promises';

/** A bounded pool of database connections. Work waits its turn when all are in use. */
export class DbPool {
  readonly size: number;
  readonly #waiting: (() => void)[] = [];
  #inUse = 0;

  constructor(size: number) {
    this.size = size;
  }

  get inUse(): number {
    return this.#inUse;
  }

  /** Holds one connection for the time that the statement takes (milliseconds), then gives the result. */
  async query<T>(milliseconds: number, read: () => T): Promise<T> {
    if (this.#inUse < this.size) this.#inUse += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await sleep(milliseconds);
      return read();
    } finally {
      // A waiter takes the connection over as it is, so that nobody can slip in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#inUse -= 1;
      else next();
    }
  }
}
