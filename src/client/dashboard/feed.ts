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
  private reading: AbortController | undefined;
  private sleeping: AbortController | undefined;

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
    if (!this.reading) {
      this.reading = new AbortController();
      void this.run(this.reading);
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  }

  /** The next reading begins at once: somebody asks for more than what was read. */
  hurry(): void {
    this.sleeping?.abort();
  }

  stop(): void {
    this.reading?.abort();
    this.reading = undefined;
  }

  private async run({ signal }: AbortController): Promise<void> {
    const { read, everyMs, failed, pause = sleep } = this.options;
    while (!signal.aborted) {
      try {
        const news = await read();
        this.latest = news;
        if (!signal.aborted) for (const listener of this.listeners) listener(news);
      } catch (error) {
        failed(error);
      }
      this.sleeping = new AbortController();
      await pause(everyMs(this.latest), AbortSignal.any([signal, this.sleeping.signal]));
    }
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
