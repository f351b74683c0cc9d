import type { Connection } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';

/**
 * The clock of the test server. It runs ahead to the next timer whenever nothing is under way, and with the wall clock
 * while an activity or a workflow task is, or while somebody holds it.
 */
export class SimulatedTime {
  private readonly service: NonNullable<Connection['testService']>;

  constructor(connection: Connection) {
    const { testService } = connection;
    if (!testService) throw new Error('this server simulates no time');
    this.service = testService;
  }

  /** Epoch ms. */
  async now(): Promise<number> {
    return tsToMs((await this.service.getCurrentTime({})).time);
  }

  /** Holds the clock; each hold needs its own release. */
  async hold(): Promise<void> {
    await this.service.lockTimeSkipping({});
  }

  async release(): Promise<void> {
    await this.service.unlockTimeSkipping({});
  }

  /** Lets go of the caller's hold until this instant (epoch ms), at which the clock is held again. */
  async heldUntil(instant: number): Promise<void> {
    const ms = instant - (await this.now());
    if (ms > 0) await this.service.unlockTimeSkippingWithSleep({ duration: msToTs(ms) });
  }
}
