import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../../src/activities/metrics/limiter.js';

/** Lets every promise that can go on do so. */
const allElse = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('the limit of requests', () => {
  it('runs so many at once and the others in their order', async () => {
    const limiter = createLimiter(2);
    const gates = [gate(), gate(), gate(), gate()];
    const started: number[] = [];
    const all = gates.map(({ opened }, index) =>
      limiter(async () => {
        started.push(index);
        await opened;
        return index;
      })
    );
    await allElse();
    expect(started).toEqual([0, 1]);
    gates[1]?.open();
    await all[1];
    await allElse();
    expect(started).toEqual([0, 1, 2]);
    for (const { open } of gates) open();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
  });

  it('gives the place of a task that failed to the next one', async () => {
    const limiter = createLimiter(1);
    const failing = limiter(() => Promise.reject(new Error('no')));
    const next = limiter(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await limiter(() => Promise.resolve('again'))).toBe('again');
  });

  it('lets a task go that is cancelled while it waits, without running it', async () => {
    const limiter = createLimiter(1);
    const first = gate();
    const running = limiter(() => first.opened);
    const abort = new AbortController();
    let ran = false;
    const waiting = limiter(() => Promise.resolve((ran = true)), abort.signal);
    abort.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    await expect(limiter(() => Promise.resolve(1), abort.signal)).rejects.toThrow('cancelled');
    first.open();
    await running;
    expect(ran).toBe(false);
    expect(await limiter(() => Promise.resolve('free'))).toBe('free');
  });

  it('takes hundreds of waits that one signal ends for no leak', async () => {
    const warnings: Error[] = [];
    const hear = (warning: Error): void => void warnings.push(warning);
    process.on('warning', hear);
    const limiter = createLimiter(1);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 200 }, () => limiter(allElse, signal)));
    await allElse();
    process.off('warning', hear);
    expect(warnings).toEqual([]);
  });
});
