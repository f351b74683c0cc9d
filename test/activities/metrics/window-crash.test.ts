import { describe, expect, it } from 'vitest';
import { judgeAgain } from '../../../src/activities/metrics/index.js';
import type { WindowHeartbeat, WindowResult } from '../../../src/activities/contract.js';
import { fakeReader } from '../../support/metrics/fake-reader.js';
import type { FakeReader, Series } from '../../support/metrics/fake-reader.js';
import { memoryStore } from '../../support/metrics/memory-store.js';
import { virtualClock } from '../../support/metrics/virtual-clock.js';
import { watch, windowInput } from '../../support/metrics/watching.js';
import { second, span, t0, windowSpec } from '../../support/metrics/windows.js';

const spec = windowSpec({ every: span(second), length: span(10 * second), coverage: 0.5, deadline: span(40 * second) });
const sampleNo = (instant: number): number => (instant - t0) / second;

const histories: Record<string, Series> = {
  'that passes after a breach and a gap': (at) => [0.99, 0.9, 0.99, undefined][sampleNo(at)] ?? 0.99,
  'that fails on a critical value': (at) => (sampleNo(at) < 6 ? 0.99 : 0.5),
  'that is held': (at) => (sampleNo(at) < 6 ? 0.99 : undefined),
};

interface Life {
  result: WindowResult;
  store: ReturnType<typeof memoryStore>;
  reader: FakeReader;
  heartbeats: WindowHeartbeat[];
}

/** The same window without a crash. */
async function undisturbed(series: Series): Promise<Life> {
  const store = memoryStore();
  const reader = fakeReader({ success_rate: series });
  const { result, heartbeats } = watch(windowInput(spec), { clock: virtualClock(t0), reader, store });
  return { result: await result, store, reader, heartbeats };
}

/** Its worker dies at heartbeat number `at`; another one takes over `outageMs` later, from heartbeat `from`. */
async function disturbed(series: Series, at: number, from: number, outageMs: number): Promise<Life> {
  const store = memoryStore();
  const reader = fakeReader({ success_rate: series });
  const clock = virtualClock(t0);
  let beats = 0;
  const first = watch(windowInput(spec), {
    clock,
    reader,
    store,
    onHeartbeat: (_, cancel) => {
      beats += 1;
      if (beats === at) cancel('WORKER_SHUTDOWN');
    },
  });
  const ended = await first.result.catch(() => undefined);
  if (ended) return { result: ended, store, reader, heartbeats: first.heartbeats };
  clock.set(clock.now() + outageMs);
  const heartbeatDetails = from > 0 ? first.heartbeats[Math.min(from, at) - 1] : undefined;
  const second_ = watch(windowInput(spec), { clock, reader, store, heartbeatDetails });
  return { result: await second_.result, store, reader, heartbeats: second_.heartbeats };
}

describe.each(Object.keys(histories))('a window %s', (name) => {
  const series = histories[name] ?? (() => undefined);

  it('comes to the same end with the same samples, at whatever heartbeat its worker dies', async () => {
    const whole = await undisturbed(series);
    for (let at = 1; at < whole.heartbeats.length; at += 2) {
      const life = await disturbed(series, at, at, 3700);
      expect(life.result).toEqual(whole.result);
      expect((await judgeAgain(life.store, life.result.evidence)).state).toEqual(whole.result.state);
    }
  });

  it('comes to the same end when the last heartbeats were lost, or all of them', async () => {
    const whole = await undisturbed(series);
    for (const from of [0, 2, 5]) {
      expect((await disturbed(series, 9, from, 30 * second)).result).toEqual(whole.result);
    }
  });
});

describe('a window that another worker takes over', () => {
  const series = histories['that passes after a breach and a gap'] ?? (() => undefined);

  it('asks only for the instants that were missed, by range', async () => {
    const { reader } = await disturbed(series, 9, 9, 4 * second);
    const asked = reader.calls.flatMap(({ instants }) => instants).map(sampleNo);
    expect(asked).toEqual(Array.from(asked, (_, k) => k));
    expect(reader.calls.filter(({ how }) => how === 'range')).toHaveLength(1);
  });

  it.each([
    ['nothing', undefined],
    ['garbage', 'garbage'],
    ['another shape', { k: 3 }],
    ['another version', { k: 3, state: { t0, nextK: 3, criteria: [] }, chunks: [], pending: [], latest: {} }],
    ['another window', { k: 3, state: { t0: 5, nextK: 3, criteria: [{}] }, chunks: [], pending: [], latest: {} }],
  ])('starts over when the heartbeat says %s', async (_, heartbeatDetails) => {
    const clock = virtualClock(t0 + 6 * second);
    const reader = fakeReader({ success_rate: () => 0.99 });
    const { result } = watch(windowInput(spec), { clock, reader, heartbeatDetails });
    expect(await result).toMatchObject({ verdict: 'PASS', samples: 11 });
  });

  it('that was waiting for data goes on waiting, and ends at the sample that came back', async () => {
    const gap: Series = (at) => (sampleNo(at) >= 3 && sampleNo(at) < 12 ? undefined : 0.99);
    const clock = virtualClock(t0);
    const reader = fakeReader({ success_rate: gap });
    const held = await watch(windowInput(spec), { clock, reader }).result;
    const input = windowInput(spec, { resume: held.state, untilRecovered: true });
    const first = watch(input, { clock, reader, onHeartbeat: ({ k }, cancel) => k === 9 && cancel('WORKER_SHUTDOWN') });
    await expect(first.result).rejects.toThrow('WORKER_SHUTDOWN');
    clock.set(clock.now() + 10 * second);
    const again = watch(input, { clock, reader, heartbeatDetails: first.heartbeats.at(-1) });
    const back = await again.result;
    expect(back).toMatchObject({ samples: 13 });
    expect(back).not.toHaveProperty('verdict');
    const once = watch(input, { clock, reader, heartbeatDetails: again.heartbeats.at(-1) });
    expect(await once.result).toEqual(back);
  });
});
