import { condition, patched } from '@temporalio/workflow';
import { refused, type How } from './messages.js';

/** The server refuses a workflow task, every time again, that leaves more than 2,000 activities or signals under way. */
const mostAtOnce = 50;
/**
 * What one execution does for signals, beyond refusing them: with the 10,000 signals that a server takes for it, each in
 * a workflow task of its own, its history stays below the 51,200 events at which the server ends it.
 */
const mostForSignals = 1000;

/** Lets messages that cost activities or signals through in their order, so many at a time and so many in all. */
export class Turnstile {
  private readonly elsewhere: string;
  private readonly atOnce: number;
  private tickets = 0;
  private left = 0;

  /**
   * @param elsewhere what a sender can do whose signal comes when there have been too many
   * @param atOnce how many at a time; 1 where a later one must not overtake an earlier one
   */
  constructor(elsewhere: string, atOnce = mostAtOnce) {
    this.elsewhere = elsewhere;
    this.atOnce = atOnce;
  }

  /** @throws a refusal when too many came before; updates, which the server limits by itself, always get through */
  async through<T>(how: How, run: () => Promise<T>): Promise<T> {
    if (how === 'signal' && this.tickets >= mostForSignals) this.refuse();
    const ticket = this.tickets++;
    try {
      if (ticket >= this.left + this.atOnce) await condition(() => ticket < this.left + this.atOnce);
      return await run();
    } finally {
      this.left += 1;
    }
  }

  /** Nothing of it goes through, so nobody else may for it. */
  private refuse(): never {
    // In histories of earlier builds one that was refused made room for the next that waited.
    if (!patched('refused-at-the-turnstile')) {
      this.tickets += 1;
      this.left += 1;
    }
    throw refused({ code: 'PG216', reason: `more than ${mostForSignals} messages came here: ${this.elsewhere}` });
  }
}
