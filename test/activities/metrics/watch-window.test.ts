import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it, vi } from 'vitest';
import { judgeAgain } from '../../../src/activities/metrics/index.js';
import type { MetricReader } from '../../../src/activities/metrics/index.js';
import type { Reading } from '../../../src/plan/judge-types.js';
import type { WindowSpec } from '../../../src/plan/model.js';
import { fakeReader } from '../../support/metrics/fake-reader.js';
import { memoryStore } from '../../support/metrics/memory-store.js';
import { virtualClock } from '../../support/metrics/virtual-clock.js';
import { watch, windowInput } from '../../support/metrics/watching.js';
import { duration, second, span, t0, violations, windowSpec } from '../../support/metrics/windows.js';

/** A window of so many samples, one a second. */
const secondly = (samples: number, change: Partial<WindowSpec> = {}): WindowSpec =>
  windowSpec({
    every: span(second),
    length: span((samples - 1) * second),
    deadline: span(3 * samples * second),
    ...change,
  });

const good = fakeReader({ success_rate: () => 0.99 });
const sampleNo = (instant: number): number => (instant - t0) / (15 * second);
const failsFrom = (k: number) => fakeReader({ success_rate: (at) => (sampleNo(at) < k ? 0.99 : 0.5) });

describe('a metric window', () => {
  it('passes when its criteria held for its length, and not a moment sooner', async () => {
    const clock = virtualClock(t0);
    const { result } = watch(windowInput(), { clock, reader: good });
    expect(await result).toMatchObject({
      verdict: 'PASS',
      samples: 11,
      startedAt: t0,
      endedAt: t0 + 150 * second,
      criteria: [{ metric: 'success_rate', ok: 11, breaches: 0, notValid: 0, last: 0.99 }],
    });
    expect(clock.now()).toBe(t0 + 150 * second);
  });

  it('samples each instant of its grid once, after the lag, however long an answer takes', async () => {
    const clock = virtualClock(t0 - 5000);
    const reader = fakeReader({ success_rate: () => 0.99 });
    const asked: number[] = [];
    const slow: MetricReader = {
      ...reader,
      at: async (metrics, instant, context) => {
        asked.push(clock.now() - instant);
        await clock.sleep(4321);
        return reader.at(metrics, instant, context);
      },
    };
    const spec = windowSpec({ warmUp: span(30 * second) });
    const { result } = watch(windowInput(spec, {}, 2000), { clock, reader: slow });
    expect((await result).endedAt).toBe(t0 + 180 * second + 2000);
    expect(reader.calls.map(({ instants }) => instants[0])).toEqual(
      Array.from({ length: 11 }, (_, k) => t0 + 30 * second + k * 15 * second)
    );
    expect(asked).toEqual(asked.map(() => 2000));
  });

  it('reads all its metrics at once, each name once, the traffic too', async () => {
    const spec = windowSpec({
      criteria: [...windowSpec().criteria, ...windowSpec().criteria, duration],
      minTraffic: { metric: 'requests', atLeast: 10 },
    });
    const reader = fakeReader({ success_rate: () => 0.99, duration: () => 1, requests: (at) => sampleNo(at) });
    const baseline = { at: t0, values: { duration: 1 }, missing: {}, evidence: { digest: 'sha256:0', bytes: 0 } };
    const { result } = watch(windowInput(spec, { baseline }), { clock: virtualClock(t0), reader });
    expect((await result).verdict).toBe('PASS');
    expect(reader.calls[0]?.metrics).toEqual(['success_rate', 'duration', 'requests']);
  });

  it('fails in the middle, at the sample that decides', async () => {
    const clock = virtualClock(t0);
    const { result } = watch(windowInput(), { clock, reader: failsFrom(4) });
    expect(await result).toMatchObject({ verdict: 'FAIL', samples: 6, endedAt: t0 + 75 * second });
    expect(clock.now()).toBe(t0 + 75 * second);
  });

  it('holds when the source has nothing to say, and says why', async () => {
    const reader = fakeReader({ success_rate: () => ({ kind: 'error', reason: 'HTTP 503' }) });
    const { result } = watch(windowInput(windowSpec({ coverage: 0.5 })), { clock: virtualClock(t0), reader });
    const held = await result;
    expect(held).toMatchObject({ verdict: 'HOLD', samples: 3, state: { hold: { cause: 'data' } } });
    expect(held.reason).toContain('HTTP 503');
  });

  it('tells queries when the change was, else when the window began', async () => {
    const clock = virtualClock(t0);
    const reader = fakeReader({ success_rate: () => 0.99 });
    await watch(windowInput(windowSpec(), { changedAt: t0 - 5000 }), { clock, reader }).result;
    expect(reader.calls[0]?.context).toMatchObject({ changedAt: t0 - 5000, since: t0 });
  });

  it('refuses a window that cannot be judged, for good', async () => {
    const { result } = watch(windowInput(windowSpec({ criteria: [] })), { clock: virtualClock(t0), reader: good });
    await expect(result).rejects.toMatchObject({ type: 'PG110', nonRetryable: true });
  });

  it('knows from the query that a metric counts since the change by itself', async () => {
    const spec = windowSpec({ criteria: [violations] });
    const input = windowInput(spec);
    input.environment.metrics.bindings = { violations: { promql: 'increase(violations_total[{{elapsed}}])' } };
    const reader = fakeReader({ violations: () => 0 });
    const { result } = watch(input, { clock: virtualClock(t0), reader });
    expect(await result).toMatchObject({ verdict: 'PASS', state: { sinceChange: ['violations'] } });
  });
});

describe('a window whose start lies in the past', () => {
  it('is judged in one go, the missed instants by range, without waiting', async () => {
    const clock = virtualClock(t0 + 3600 * second);
    const reader = fakeReader({ success_rate: () => 0.99 });
    const { result } = watch(windowInput(), { clock, reader });
    expect(await result).toMatchObject({ verdict: 'PASS', samples: 11, endedAt: t0 + 150 * second });
    expect(clock.now()).toBe(t0 + 3600 * second);
  });

  it('is caught up page by page and goes on live', async () => {
    const spec = windowSpec({ length: span(6000 * second), deadline: span(18_000 * second) });
    const clock = virtualClock(t0 + 5000 * second);
    const reader = fakeReader({ success_rate: () => 0.99 });
    const { result } = watch(windowInput(spec), { clock, reader });
    expect(await result).toMatchObject({ verdict: 'PASS', samples: 401 });
    expect(clock.now()).toBe(t0 + 6000 * second);
    const ranges = reader.calls.filter(({ how }) => how === 'range').map(({ instants }) => instants.length);
    expect(ranges).toEqual([250, 83]);
    const instants = reader.calls.flatMap((call) => call.instants).toSorted((a, b) => a - b);
    expect(instants).toEqual(Array.from({ length: 401 }, (_, k) => t0 + k * 15 * second));
  });

  it('takes nothing into account that lies behind its verdict', async () => {
    const store = memoryStore();
    const { result } = watch(windowInput(), { clock: virtualClock(t0 + 3600 * second), reader: failsFrom(2), store });
    const failed = await result;
    expect(failed).toMatchObject({ verdict: 'FAIL', samples: 4 });
    const { manifest } = await judgeAgain(store, failed.evidence);
    expect(manifest.samples.map(({ k }) => k)).toEqual([0, 1, 2, 3]);
  });

  it('has no data for what a source without memory was not asked in time', async () => {
    const clock = virtualClock(t0 + 33 * second);
    const reader = fakeReader({ success_rate: () => 0.99 }, { memory: false });
    const { result } = watch(windowInput(windowSpec({ coverage: 0.5 })), { clock, reader });
    expect(await result).toMatchObject({ verdict: 'PASS', samples: 13, criteria: [{ ok: 11, notValid: 2 }] });
  });
});

describe('a window that was held', () => {
  const spec = windowSpec({ coverage: 0.5 });
  const away = (from: number, to: number) =>
    fakeReader({ success_rate: (at) => (sampleNo(at) >= from && sampleNo(at) < to ? undefined : 0.99) });

  it('waits until there is data again, without a verdict, then goes on where it stopped', async () => {
    const clock = virtualClock(t0);
    const reader = away(5, 20);
    const held = await watch(windowInput(spec), { clock, reader }).result;
    expect(held).toMatchObject({ verdict: 'HOLD', samples: 8 });

    const waiting = watch(windowInput(spec, { resume: held.state, untilRecovered: true }), { clock, reader });
    const back = await waiting.result;
    expect(back).toMatchObject({
      samples: 21,
      endedAt: t0 + 300 * second,
      reason: 'valid samples are back since 2026-11-22 10:05:00Z',
    });
    expect(back).not.toHaveProperty('verdict');

    const passed = await watch(windowInput(spec, { resume: back.state }), { clock, reader }).result;
    expect(passed).toMatchObject({ verdict: 'PASS', samples: 31 });
    expect(reader.calls.flatMap(({ instants }) => instants).map(sampleNo)).toEqual(
      Array.from({ length: 31 }, (_, k) => k)
    );
  });

  it('fails during the HOLD on badness that was measured', async () => {
    const clock = virtualClock(t0);
    const reader = fakeReader({ success_rate: (at) => (sampleNo(at) < 5 ? undefined : 0.5) });
    const held = await watch(windowInput(spec), { clock, reader }).result;
    expect(held.verdict).toBe('HOLD');
    const critical = windowSpec({ ...spec, criticalInARow: 1 });
    const failed = await watch(windowInput(critical, { resume: held.state, untilRecovered: true }), { clock, reader })
      .result;
    expect(failed).toMatchObject({ verdict: 'FAIL', samples: 6 });
  });

  it('asked to go on at once, holds again at the next sample that is not valid', async () => {
    const clock = virtualClock(t0);
    const reader = away(0, 5);
    const held = await watch(windowInput(spec), { clock, reader }).result;
    const again = await watch(windowInput(spec, { resume: held.state }), { clock, reader }).result;
    expect(again).toMatchObject({ verdict: 'HOLD', samples: 4, reason: held.reason });
    const later = await watch(windowInput(spec, { resume: again.state }), { clock, reader }).result;
    expect(later).toMatchObject({ verdict: 'HOLD', samples: 5 });
    const passed = await watch(windowInput(spec, { resume: later.state }), { clock, reader }).result;
    expect(passed.verdict).toBe('PASS');
  });

  it('that was decided already stays decided, without a sample', async () => {
    const reader = fakeReader({});
    const passed = await watch(windowInput(), { clock: virtualClock(t0), reader: good }).result;
    for (const untilRecovered of [true, false]) {
      const input = windowInput(windowSpec(), { resume: passed.state, untilRecovered });
      expect(await watch(input, { clock: virtualClock(t0), reader }).result).toMatchObject({
        verdict: 'PASS',
        samples: 11,
      });
    }
    expect(reader.calls).toEqual([]);
  });
});

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

  it('come every three seconds, though samples are minutes apart and the source is slow', async () => {
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
    expect(Math.max(...gaps)).toBeLessThanOrEqual(3 * second);
    expect(beats.length).toBeLessThan(250);
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

describe('the evidence of a window', () => {
  it('is enough to come to the same verdict again', async () => {
    const store = memoryStore();
    const spec = windowSpec({ criteria: [duration], coverage: 0.5 });
    const baseline = { at: t0, values: { duration: 2 }, missing: {}, evidence: { digest: 'sha256:1', bytes: 3 } };
    const reader = fakeReader({ duration: (at) => (sampleNo(at) % 4 === 1 ? undefined : 2 + sampleNo(at) / 100) });
    const result = await watch(windowInput(spec, { baseline, changedAt: t0 - 1000 }), {
      clock: virtualClock(t0),
      reader,
      store,
    }).result;
    const { manifest, state } = await judgeAgain(store, result.evidence);
    expect(state).toEqual(result.state);
    expect(manifest).toMatchObject({
      origin: { address: '1a/window#1' },
      spec,
      t0,
      changedAt: t0 - 1000,
      baseline: { digest: 'sha256:1' },
      verdict: 'PASS',
      reason: result.reason,
      source: { provider: 'prometheus', bindings: { duration: { promql: 'duration' } } },
    });
    expect(manifest.samples).toHaveLength(result.samples);
  });

  it('of the part after a HOLD starts from the state that the HOLD left', async () => {
    const store = memoryStore();
    const clock = virtualClock(t0);
    const spec = windowSpec({ coverage: 0.5 });
    const reader = fakeReader({ success_rate: (at) => (sampleNo(at) < 4 ? undefined : 0.99) });
    const held = await watch(windowInput(spec), { clock, reader, store }).result;
    const back = await watch(windowInput(spec, { resume: held.state, untilRecovered: true }), { clock, reader, store })
      .result;
    const passed = await watch(windowInput(spec, { resume: back.state }), { clock, reader, store }).result;
    for (const part of [held, back, passed]) {
      expect((await judgeAgain(store, part.evidence)).state).toEqual(part.state);
    }
  });

  it('of a long window is stored in chunks, so that heartbeats stay small', async () => {
    const store = memoryStore();
    const spec = secondly(401);
    const { result, heartbeats } = watch(windowInput(spec), { clock: virtualClock(t0), reader: good, store });
    const passed = await result;
    expect(Math.max(...heartbeats.map(({ pending }) => pending.length))).toBe(100);
    expect(store.kinds).toEqual(['window-samples', 'window-samples', 'window-samples', 'window-samples', 'window']);
    const { manifest, state } = await judgeAgain(store, passed.evidence);
    expect(manifest.samples).toHaveLength(1);
    expect(state).toEqual(passed.state);
  });

  it('of a window over many metrics is stored sooner: a heartbeat has at most some 16 KiB of samples', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `a_metric_with_a_rather_long_name_${index}`);
    const [criterion] = windowSpec().criteria;
    if (!criterion) throw new Error('a criterion is needed');
    const spec = secondly(101, { criteria: names.map((metric) => ({ ...criterion, metric })) });
    const reader = fakeReader(Object.fromEntries(names.map((name) => [name, () => 0.99])));
    const { result, heartbeats } = watch(windowInput(spec), { clock: virtualClock(t0), reader });
    expect((await result).verdict).toBe('PASS');
    expect(Math.max(...heartbeats.map(({ pending }) => JSON.stringify(pending).length))).toBeLessThan(20_000);
  });
});

describe('an evidence store that is broken', () => {
  it('does not delay a FAIL: what is bad must be undone now', async () => {
    const store = memoryStore();
    store.broken = true;
    const failed = await watch(windowInput(), { clock: virtualClock(t0), reader: failsFrom(0), store }).result;
    expect(failed).toMatchObject({
      verdict: 'FAIL',
      evidence: { digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string },
    });
    expect(failed.reason).toContain('(its evidence could not be stored: no space left on device)');
  });

  it('lets nothing pass without evidence: the activity is tried again', async () => {
    const store = memoryStore();
    store.broken = true;
    const { result, heartbeats } = watch(windowInput(), { clock: virtualClock(t0), reader: good, store });
    await expect(result).rejects.toThrow('no space left on device');
    store.broken = false;
    const reader = fakeReader({});
    const passed = await watch(windowInput(), {
      clock: virtualClock(t0),
      reader,
      store,
      heartbeatDetails: heartbeats.at(-1),
    }).result;
    expect(passed.verdict).toBe('PASS');
    expect(reader.calls).toEqual([]);
    expect((await judgeAgain(store, passed.evidence)).state).toEqual(passed.state);
  });

  it('costs no sample when it works again before the end', async () => {
    const store = memoryStore();
    store.broken = true;
    const spec = secondly(201);
    const { result, log } = watch(windowInput(spec), {
      clock: virtualClock(t0),
      reader: good,
      store,
      onHeartbeat: ({ k }) => {
        if (k === 150) store.broken = false;
      },
    });
    const passed = await result;
    expect(log.filter((line) => line.includes('samples kept back'))).toHaveLength(50);
    expect((await judgeAgain(store, passed.evidence)).state).toEqual(passed.state);
  });

  it('ends the attempt before heartbeats grow without bounds', async () => {
    const store = memoryStore();
    store.broken = true;
    const spec = secondly(401);
    const { result, heartbeats } = watch(windowInput(spec), { clock: virtualClock(t0), reader: good, store });
    await expect(result).rejects.toThrow('no space left on device');
    expect(heartbeats.at(-1)?.pending).toHaveLength(300);
  });

  it('keeps readings that are not numbers as what they are', async () => {
    const store = memoryStore();
    const readings: Reading[] = [{ kind: 'invalid', reason: '2 series' }, { kind: 'no-data' }];
    const reader = fakeReader({ success_rate: (at) => readings[sampleNo(at)] ?? Number.NaN });
    const held = await watch(windowInput(windowSpec({ coverage: 0.5 })), { clock: virtualClock(t0), reader, store })
      .result;
    const { manifest } = await judgeAgain(store, held.evidence);
    expect(manifest.samples.map((sample) => sample.readings['success_rate'])).toEqual([
      ...readings,
      { kind: 'invalid', reason: 'the value is NaN' },
    ]);
  });
});
