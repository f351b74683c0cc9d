import { setTimeout as delay } from 'node:timers/promises';

export interface FeedOptions<T> {
  /** Called again and again while somebody looks, never twice at once. */
  read: () => Promise<T>;
  /** How long after one reading the next begins, given what was read last. */
  everyMs: (latest: T | undefined) => number;
  /** Told of a reading that failed; it is tried again. */
  failed: (error: unknown) => void;
  /** Sleeps; injected by tests. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

type Listener<T> = (news: T) => void;

/** One reader for all who look: ten cost what one costs, and nobody costs nothing. */
export class Feed<T> {
  private readonly options: FeedOptions<T>;
  private readonly listeners = new Set<Listener<T>>();
  private latest: T | undefined;
  private running = false;
  /** Somebody asked for more during a reading. */
  private hurried = false;
  private pausing: AbortController | undefined;

  constructor(options: FeedOptions<T>) {
    this.options = options;
  }

  get viewers(): number {
    return this.listeners.size;
  }

  /** @returns stops listening. What was read last, if anything, is told at once. */
  subscribe(listener: Listener<T>): () => void {
    this.listeners.add(listener);
    if (this.latest !== undefined) listener(this.latest);
    if (!this.running) void this.run();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.pausing?.abort();
    };
  }

  /**
   * The next reading begins at once, or right behind the one that is under way: somebody who subscribes now asks for more
   * than what was read.
   */
  hurry(): void {
    this.hurried = true;
    this.pausing?.abort();
  }

  stop(): void {
    this.listeners.clear();
    this.pausing?.abort();
  }

  private async run(): Promise<void> {
    const { read, everyMs, failed, pause = sleep } = this.options;
    this.running = true;
    while (this.listeners.size > 0) {
      this.hurried = false;
      try {
        const news = await read();
        this.latest = news;
        for (const listener of this.listeners) listener(news);
      } catch (error) {
        failed(error);
      }
      if (this.hurried || this.listeners.size === 0) continue;
      this.pausing = new AbortController();
      await pause(everyMs(this.latest), this.pausing.signal);
      this.pausing = undefined;
    }
    this.running = false;
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
