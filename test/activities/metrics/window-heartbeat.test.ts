import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it, vi } from 'vitest';
import type { MetricReader } from '../../../src/activities/metrics/index.js';
import { fakeReader } from '../../support/metrics/fake-reader.js';
import { good, sampleNo } from '../../support/metrics/fixtures.js';
import { virtualClock } from '../../support/metrics/virtual-clock.js';
import { watch, windowInput } from '../../support/metrics/watching.js';
import { second, span, t0, windowSpec } from '../../support/metrics/windows.js';

describe('heartbeats of a window', () => {
  it('come after each sample and say what was seen and when the next sample is due', async () => {
    const { result, heartbeats } = watch(windowInput(windowSpec(), {}, 2000), {
      clock: virtualClock(t0),
      reader: fakeReader({ success_rate: (at) => (sampleNo(at) === 1 ? undefined : 0.99) }),
    });
    await result;
    expect(heartbeats.find(({ k }) => k === 1)).toMatchObject({
      dueAt: t0 + 17 * second,
      latest: { success_rate: 0.99 },
    });
    expect(heartbeats.find(({ k }) => k === 2)).toMatchObject({ latest: { success_rate: 'no-data' } });
    expect(new Set(heartbeats.map(({ k }) => k))).toEqual(new Set(Array.from({ length: 13 }, (_, k) => k)));
  });

  it('come well within their timeout of twelve seconds, though samples are minutes apart and the source is slow', async () => {
    const clock = virtualClock(t0);
    const beats: number[] = [];
    const spec = windowSpec({ every: span(300 * second), length: span(600 * second), deadline: span(1800 * second) });
    const slow: MetricReader = {
      ...good,
      at: async (metrics, instant, context) => {
        await clock.sleep(20 * second);
        return good.at(metrics, instant, context);
      },
    };
    await watch(windowInput(spec), { clock, reader: slow, onHeartbeat: () => beats.push(clock.now()) }).result;
    const gaps = beats.map((at, index) => at - (beats[index - 1] ?? t0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(7.5 * second);
    expect(beats.length).toBeLessThan(130);
  });

  it('stop when the window is over', async () => {
    const { result, heartbeats } = watch(windowInput(), { clock: virtualClock(t0), reader: good });
    await result;
    const count = heartbeats.length;
    await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
    expect(heartbeats).toHaveLength(count);
  });
});

describe('a window that is taken away', () => {
  const hangs = (): MetricReader => ({
    at: (_metrics, _instant, { signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
    range: () => Promise.reject(new Error('not asked')),
  });

  it.each(['CANCELLED', 'WORKER_SHUTDOWN'] as const)('ends at once while it sleeps: %s', async (reason) => {
    const clock = virtualClock(t0);
    const { result } = watch(windowInput(), {
      clock,
      reader: good,
      onHeartbeat: ({ k }, cancel) => k === 3 && cancel(reason),
    });
    await expect(result).rejects.toThrow(CancelledFailure);
    await expect(result).rejects.toThrow(reason);
    expect(clock.now()).toBeLessThan(t0 + 46 * second);
  });

  it('ends at once with a request in flight', async () => {
    const { result, environment } = watch(windowInput(), { clock: virtualClock(t0), reader: hangs() });
    await vi.waitFor(() => expect(environment.listenerCount('heartbeat')).toBe(1));
    environment.cancel('WORKER_SHUTDOWN');
    await expect(result).rejects.toThrow(CancelledFailure);
  });

  it('says what went wrong when it was not taken away', async () => {
    const broken: MetricReader = { ...good, at: () => Promise.reject(new Error('a bug in the reader')) };
    const { result } = watch(windowInput(), { clock: virtualClock(t0), reader: broken });
    await expect(result).rejects.toThrow('a bug in the reader');
  });
});
