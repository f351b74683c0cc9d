import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/activities/clock.js';
import { judgeAgain } from '../../src/activities/metrics/index.js';
import type { MetricReader } from '../../src/activities/metrics/index.js';
import type { WindowInput } from '../../src/activities/contract.js';
import type { Reading } from '../../src/plan/judge-types.js';
import { backfilledPrometheus } from '../support/metrics/backfill.js';
import type { BackfilledPrometheus } from '../support/metrics/backfill.js';
import { memoryStore } from '../support/metrics/memory-store.js';
import { environmentWith, metricSource, readerOf } from '../support/metrics/sources.js';
import { openStub } from '../support/metrics/stub-source.js';
import { watch } from '../support/metrics/watching.js';
import { second, span, successRate, windowSpec } from '../support/metrics/windows.js';
import { needs } from '../support/needs.js';

const bindings = {
  success_rate: { promql: 'success_rate', range: span(3 * second) },
  unlimited: { promql: 'success_rate' },
};
const soon = { timeout: 20 * second, interval: 100 };

interface Live {
  prometheus: BackfilledPrometheus;
  target: { healthy: boolean };
  reader: MetricReader;
}

const running: BackfilledPrometheus[] = [];
let live: Promise<Live> | undefined;
let closeStub: (() => Promise<void>) | undefined;

/** A real Prometheus that scrapes a STUB target every second; it takes some seconds until the first scrape. */
async function scraping(): Promise<Live> {
  const promtool = needs('promtool', 'apt-get install --no-install-recommends prometheus');
  live ??= (async () => {
    const target = { healthy: true };
    const stub = await openStub(() => (target.healthy ? { body: 'success_rate 0.99\n' } : { status: 503, body: '' }));
    closeStub = stub.close;
    const targets = [{ job: 'stub', url: `${stub.url}/metrics` }];
    const prometheus = await backfilledPrometheus([], { from: 0, minutes: 0, promtool }, targets);
    running.push(prometheus);
    return { prometheus, target, reader: readerOf(metricSource(prometheus.url, bindings)) };
  })();
  const started = await live;
  await vi.waitFor(async () => expect(await read(started)).toMatchObject({ success_rate: value }), soon);
  return started;
}

/** The readings of an instant, by default of now. */
function read({ reader }: Live, at = Date.now()): Promise<Record<string, Reading>> {
  return reader.at(Object.keys(bindings), at, {});
}

afterAll(async () => {
  for (const prometheus of running) await prometheus.stop();
  running[0]?.remove();
  await closeStub?.();
});

const value = { kind: 'value', value: 0.99 };
const none = { kind: 'no-data' };
const refused = { kind: 'error', reason: expect.stringContaining('ECONNREFUSED') as string };

describe('a metrics source that goes away', () => {
  it('is no data with the next scrape when the target answers 503, range or not, although Prometheus looks back for minutes', async () => {
    const started = await scraping();
    const { target } = started;
    target.healthy = false;
    await vi.waitFor(async () => expect(await read(started)).toEqual({ success_rate: none, unlimited: none }), soon);
    target.healthy = true;
    await vi.waitFor(async () => expect(await read(started)).toEqual({ success_rate: value, unlimited: value }), soon);
  });

  it('holds a window in real time, which goes on when it is back and passes on measured samples alone', async () => {
    const started = await scraping();
    const { prometheus } = started;
    const store = memoryStore();
    const spec = windowSpec({
      criteria: [successRate],
      every: span(second),
      length: span(5 * second),
      deadline: span(60 * second),
      coverage: 0.5,
    });
    const input: WindowInput = {
      origin: { run: 'migration/test/plan', address: '1a/window#1', title: 'Watch' },
      spec,
      t0: Date.now(),
      environment: environmentWith(metricSource(prometheus.url, bindings, { lag: span(1200) })),
    };
    let stopping: Promise<void> | undefined;
    const first = watch(input, {
      clock: systemClock,
      store,
      onHeartbeat: ({ k }) => {
        if (k >= 2) stopping ??= prometheus.stop();
      },
    });
    const held = await first.result;
    expect(held).toMatchObject({ verdict: 'HOLD', criteria: [{ breaches: 0, notValid: 3 }] });
    expect(held.reason).toContain('ECONNREFUSED');
    await stopping;
    // A last scrape may have come in the moment of the end: it counts for 3 s.
    await delay(3_100);
    const hole = Date.now();
    expect(await read(started, hole)).toEqual({ success_rate: refused, unlimited: refused });

    const waiting = watch({ ...input, resume: held.state, untilRecovered: true }, { clock: systemClock, store });
    const again = await prometheus.restart();
    running.push(again);
    // A Prometheus that is down marks nothing as stale: without a range the old value fills the hole.
    expect(await read(started, hole)).toEqual({ success_rate: none, unlimited: value });
    const back = await waiting.result;
    expect(back).not.toHaveProperty('verdict');

    const passed = await watch({ ...input, resume: back.state }, { clock: systemClock, store }).result;
    expect(passed).toMatchObject({ verdict: 'PASS', criteria: [{ breaches: 0 }] });
    for (const part of [held, back, passed]) {
      expect((await judgeAgain(store, part.evidence)).state).toEqual(part.state);
    }
  });
});
