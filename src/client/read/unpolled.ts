import type { Link } from '../connection/link.js';
import { idleActivityQueues } from './pollers.js';

/** Workers come and go rarely, and a watch looks twice a second. */
const countsForMs = 15_000;
/** Somebody waits for a status; this is asked only while an activity waits, too. */
const askedWithinMs = 400;

/** Looks whether anybody polls the task queues in which a run's activities wait. */
export class UnpolledLook {
  private readonly link: Link;
  private readonly seen = new Map<string, { at: number; idle: boolean }>();

  constructor(link: Link) {
    this.link = link;
  }

  /**
   * What there is to say of it, with what to type; undefined when nothing waits, or somebody polls.
   *
   * @param waiting the queues, as often as there are activities
   * @param now epoch ms
   */
  async text(waiting: readonly string[], environmentId: string, now: number): Promise<string | undefined> {
    const queues = [...new Set(waiting)];
    const old = queues.filter((queue) => now - (this.seen.get(queue)?.at ?? -Infinity) >= countsForMs);
    if (old.length > 0) {
      const idle = await idleActivityQueues(this.link, old, askedWithinMs);
      for (const queue of old) this.seen.set(queue, { at: now, idle: idle.includes(queue) });
    }
    const idle = queues.filter((queue) => this.seen.get(queue)?.idle).toSorted();
    if (idle.length === 0) return undefined;
    return `no worker polls ${idle.join(', ')}, where this run waits for one. Start one with: phasegate worker --env ${environmentId}`;
  }
}
