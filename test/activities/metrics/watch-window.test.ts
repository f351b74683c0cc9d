import { describe, expect, it } from 'vitest';
import { judgeAgain } from '../../../src/activities/metrics/index.js';
import type { MetricReader } from '../../../src/activities/metrics/index.js';
import { stableSince } from '../../../src/plan/stable.js';
import { fakeReader } from '../../support/metrics/fake-reader.js';
import { failsFrom, good, sampleNo } from '../../support/metrics/fixtures.js';
import { memoryStore } from '../../support/metrics/memory-store.js';
import { virtualClock } from '../../support/metrics/virtual-clock.js';
import { watch, windowInput } from '../../support/metrics/watching.js';
import {
  bound,
  duration,
  second,
  span,
  successRate,
  t0,
  violations,
  windowSpec,
} from '../../support/metrics/windows.js';

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
    const { result, heartbeats } = watch(windowInput(spec), { clock, reader });
    expect(await result).toMatchObject({ verdict: 'PASS', samples: 401 });
    expect(clock.now()).toBe(t0 + 6000 * second);
    const ranges = reader.calls.filter(({ how }) => how === 'range').map(({ instants }) => instants.length);
    expect(ranges).toEqual([10, 20, 40, 80, 160, 23]);
    // Whoever takes over goes on behind the last page, however little time the worker had.
    expect(heartbeats.map(({ k }) => k)).toEqual(expect.arrayContaining([10, 30, 70, 150, 310]));
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

  it('over a stable stretch does not pass on a good beginning when the system is bad now', async () => {
    const now = t0 + 3600 * second;
    const spec = windowSpec({ criteria: [{ ...successRate, critical: bound('<', 0) }] });
    const reader = fakeReader({ success_rate: (instant) => (instant < now - 600 * second ? 0.99 : 0.1) });
    const since = stableSince(spec, [t0], now);
    const { result } = watch({ ...windowInput(spec), t0: since }, { clock: virtualClock(now), reader });
    expect(await result).toMatchObject({ verdict: 'FAIL', startedAt: now - 150 * second });
  });

  it('counts what happened in its stretch alone when it has a base of its own', async () => {
    const spec = windowSpec({ criteria: [violations] });
    const baseline = { at: 0, values: { violations: 0 }, missing: {}, evidence: { digest: 'sha256:0', bytes: 0 } };
    const verdictOf = async (ownBase: boolean): Promise<unknown> => {
      const reader = fakeReader({ violations: () => 1 });
      const input = windowInput(spec, { baseline, ownBase });
      return (await watch(input, { clock: virtualClock(t0 + 3600 * second), reader }).result).verdict;
    };
    expect([await verdictOf(true), await verdictOf(false)]).toEqual(['PASS', 'FAIL']);
  });
});
