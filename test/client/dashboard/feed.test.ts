import { describe, expect, it } from 'vitest';
import { Feed } from '../../../src/client/dashboard/feed.js';

/** A feed whose pauses end when a test says so. */
function feed(read: () => Promise<number>): {
  feed: Feed<number>;
  next: () => Promise<void>;
  settle: () => Promise<void>;
  failed: unknown[];
  paused: () => boolean;
} {
  // prettier-ignore
  const failed: unknown[] = [];
  let go: (() => void) | undefined;
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const made = new Feed<number>({
    read,
    everyMs: () => 1,
    failed: (error) => failed.push(error),
    pause: (_ms, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          go = undefined;
          resolve();
        };
        go = end;
        signal.addEventListener('abort', end, { once: true });
      }),
  });
  return {
    feed: made,
    failed,
    settle,
    paused: () => go !== undefined,
    async next() {
      await settle();
      go?.();
      await settle();
    },
  };
}

describe('one reader for all who look', () => {
  it('reads once for ten, and tells a newcomer what was read last', async () => {
    let reads = 0;
    const { feed: it_, next } = feed(() => Promise.resolve((reads += 1)));
    const told: number[][] = Array.from({ length: 10 }, () => []);
    for (const list of told) it_.subscribe((news) => list.push(news));
    await next();
    expect(reads).toBe(2);
    expect(told).toEqual(told.map(() => [1, 2]));
    const late: number[] = [];
    it_.subscribe((news) => late.push(news));
    expect(late).toEqual([2]);
  });

  it('reads no more when the last one has left, and again for the next', async () => {
    let reads = 0;
    const { feed: it_, next, paused } = feed(() => Promise.resolve((reads += 1)));
    const leave = it_.subscribe(() => undefined);
    await next();
    leave();
    await next();
    expect([reads, paused(), it_.viewers]).toEqual([2, false, 0]);
    it_.subscribe(() => undefined);
    await next();
    expect(reads).toBeGreaterThan(2);
  });

  it('goes on after a reading that failed, and says so', async () => {
    let reads = 0;
    const { feed: it_, next, failed } = feed(() => ((reads += 1) === 1 ? Promise.reject(new Error('away')) : Promise.resolve(reads))); // prettier-ignore
    const told: number[] = [];
    it_.subscribe((news) => told.push(news));
    await next();
    expect(failed).toEqual([new Error('away')]);
    expect(told).toEqual([2]);
  });

  it('never reads twice at once, though the last one leaves during a reading and comes back', async () => {
    const answers: Array<(value: number) => void> = [];
    const { feed: it_, next } = feed(() => new Promise((resolve) => void answers.push(resolve)));
    it_.subscribe(() => undefined)();
    const told: number[] = [];
    it_.subscribe((news) => told.push(news));
    await next();
    expect(answers).toHaveLength(1);
    answers[0]?.(7);
    await next();
    expect([told, answers.length]).toEqual([[7], 2]);
  });

  it('reads again right behind a reading when somebody asked for more meanwhile', async () => {
    const answers: Array<(value: number) => void> = [];
    const { feed: it_, settle, paused } = feed(() => new Promise((resolve) => void answers.push(resolve)));
    it_.subscribe(() => undefined)();
    it_.hurry();
    it_.subscribe(() => undefined);
    answers[0]?.(1);
    await settle();
    expect([answers.length, paused()]).toEqual([2, false]);
    answers[1]?.(2);
    await settle();
    expect([answers.length, paused()]).toEqual([2, true]);
  });

  it('ends in mid-reading when it is stopped', async () => {
    const answers: Array<(value: number) => void> = [];
    const { feed: it_, settle, paused } = feed(() => new Promise((resolve) => void answers.push(resolve)));
    const told: number[] = [];
    it_.subscribe((news) => told.push(news));
    it_.stop();
    answers[0]?.(1);
    await settle();
    expect([told, answers.length, paused()]).toEqual([[], 1, false]);
  });

  it('reads at once when somebody asks for more', async () => {
    let reads = 0;
    const { feed: it_, next, settle } = feed(() => Promise.resolve((reads += 1)));
    it_.subscribe(() => undefined);
    await next();
    const before = reads;
    it_.hurry();
    await settle();
    expect(reads).toBe(before + 1);
  });
});
