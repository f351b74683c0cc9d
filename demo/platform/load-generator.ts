import { Agent } from 'node:http';
import { TEST_USER } from './directory.js';
import { LoadClient } from './load-client.js';
import type { Measurements } from './measurements.js';
import type { Random } from './random.js';

/** Chat requests per second of all users together, and of one user at most. */
const TOTAL_RATE = 70;
const USER_RATE = 4;

/** Real clients of the platform, in its own process: the release test user and `load-01`, `load-02`, … */
export class LoadGenerator {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #clients: LoadClient[];

  constructor(options: { url: string; users: number; random: Random; measurements: Measurements }) {
    const { url, users, random, measurements } = options;
    const rate = Math.min(USER_RATE, TOTAL_RATE / users);
    this.#clients = Array.from({ length: users }, (_, index) => {
      const user = index === 0 ? TEST_USER : `load-${String(index).padStart(2, '0')}`;
      return new LoadClient({
        url,
        user,
        agent: this.#agent,
        random: random.fork(),
        measurements,
        interval: 1000 / rate,
      });
    });
  }

  /** Connects everybody. @throws Error when a connection is refused */
  async start(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.start()));
  }

  stop(): void {
    for (const client of this.#clients) client.stop();
    this.#agent.destroy();
  }
}
