import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/activities/clock.js';
import { judgeAgain } from '../../src/activities/metrics/index.js';
import type { WindowHeartbeat, WindowInput, WindowResult } from '../../src/activities/contract.js';
import type { Criterion, MetricBinding, WindowSpec } from '../../src/plan/model.js';
import { findOnPath, freePorts } from '../../demo/servers/processes.js';
import { backfilledPrometheus } from '../support/metrics/backfill.js';
import type { BackfilledPrometheus } from '../support/metrics/backfill.js';
import { memoryStore } from '../support/metrics/memory-store.js';
import { environmentWith, metricSource } from '../support/metrics/sources.js';
import { stubSource } from '../support/metrics/stub-source.js';
import { watch } from '../support/metrics/watching.js';
import { duration, second, span, successRate, violations, windowSpec } from '../support/metrics/windows.js';
import { needs } from '../support/needs.js';

/** The change was at 10:00 of two hours of series; the half-hour window begins a minute later. */
const from = Math.floor((Date.now() - 4 * 3600 * second) / (15 * second)) * 15 * second;
const changedAt = from + 600 * second;
const t0 = changedAt + 60 * second;
/** Seconds after the window's start, of a series' own seconds. */
const inWindow = (seconds: number): number => seconds - 660;
const install = 'apt-get install --no-install-recommends prometheus';

let prometheus: BackfilledPrometheus | undefined;

beforeAll(async () => {
  const promtool = findOnPath('promtool');
  if (promtool === undefined || findOnPath('prometheus') === undefined) return;
  const rate = (of: (s: number) => number | undefined) => (s: number) => of(inWindow(s));
  prometheus = await backfilledPrometheus(
    [
      { name: 'good', type: 'gauge', valueAt: () => 0.99 },
      { name: 'dip', type: 'gauge', valueAt: rate((s) => (s >= 900 && s < 930 ? 0.9 : 0.99)) },
      { name: 'crash', type: 'gauge', valueAt: rate((s) => (s >= 900 ? 0.5 : 0.99)) },
      { name: 'hole', type: 'gauge', valueAt: rate((s) => (s >= 900 && s < 930 ? undefined : 0.99)) },
      { name: 'outage', type: 'gauge', valueAt: rate((s) => (s >= 900 && s < 1200 ? undefined : 0.99)) },
      { name: 'spoiled', type: 'gauge', valueAt: rate((s) => (s >= 900 ? Number.NaN : 0.99)) },
      { name: 'twin', type: 'gauge', labels: '{pod="a"}', valueAt: () => 0.99 },
      { name: 'twin', type: 'gauge', labels: '{pod="b"}', valueAt: rate((s) => (s >= 900 ? 0.99 : undefined)) },
      { name: 'bad_before', type: 'gauge', valueAt: (s) => (s < 600 ? 0.1 : 0.99) },
      { name: 'slow', type: 'gauge', valueAt: (s) => (s < 600 ? 1 : 1.3) },
      // 7 violations before the change, none after it, though the process restarts in the middle of the window.
      { name: 'clean_total', type: 'counter', valueAt: rate((s) => (s < 900 ? 7 : 0)) },
      { name: 'leak_total', type: 'counter', valueAt: rate((s) => (s < 600 ? 7 : s < 900 ? 0 : 1)) },
    ],
    { from, minutes: 120, promtool }
  );
});

afterAll(async () => {
  await prometheus?.stop();
  prometheus?.remove();
});

const halfHour: Partial<WindowSpec> = { length: span(1800 * second), deadline: span(5400 * second) };
/** Half an hour of samples and not a word of waiting. */
function input(criterion: Criterion, binding: MetricBinding, change: Partial<WindowInput> = {}): WindowInput {
  needs('prometheus', install);
  if (!prometheus) throw new Error('Prometheus did not start');
  const source = metricSource(prometheus.url, { [criterion.metric]: { range: span(15 * second), ...binding } });
  return {
    origin: { run: 'migration/test/plan', address: '1a/window#1', title: 'Watch' },
    spec: windowSpec({ ...halfHour, criteria: [criterion] }),
    t0,
    changedAt,
    environment: environmentWith(source),
    ...change,
  };
}

async function judge(
  promql: string,
  criterion = successRate,
  change: Partial<WindowInput> = {}
): Promise<WindowResult> {
  return watch(input(criterion, { promql }, change), { clock: systemClock }).result;
}

const baseline = (values: Record<string, number>): Partial<WindowInput> => ({
  baseline: { at: changedAt, values, missing: {}, evidence: { digest: 'sha256:0', bytes: 0 } },
});

describe('half an hour in the past, judged in one go from a real Prometheus', () => {
  it('passes when the criterion held at all of its 121 samples', async () => {
    const started = Date.now();
    expect(await judge('good')).toMatchObject({ verdict: 'PASS', samples: 121, endedAt: t0 + 1800 * second });
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it('starts again after a breach in the middle, and passes half an hour after it', async () => {
    expect(await judge('dip')).toMatchObject({
      verdict: 'PASS',
      samples: 183,
      endedAt: t0 + (930 + 1800) * second,
      criteria: [{ breaches: 2, worst: 0.9 }],
    });
  });

  it('fails on the second critical sample', async () => {
    const failed = await judge('crash');
    expect(failed).toMatchObject({ verdict: 'FAIL', samples: 62, endedAt: t0 + 915 * second });
    expect(failed.reason).toContain(
      'success_rate was beyond its critical threshold (< 85%) on 2 measured samples in a row'
    );
  });

  it('passes over a hole of one sample, and extends by it', async () => {
    // A sample of 15 s ago still counts, so two missing ones are one gap.
    expect(await judge('hole')).toMatchObject({ verdict: 'PASS', samples: 122, criteria: [{ notValid: 1, ok: 121 }] });
  });

  it('holds at the third sample of an outage, goes on when the data is back, and counts the hole', async () => {
    const held = await judge('outage');
    expect(held).toMatchObject({ verdict: 'HOLD', samples: 64, state: { hold: { cause: 'data' } } });
    const back = await judge('outage', successRate, { resume: held.state, untilRecovered: true });
    expect(back).toMatchObject({ samples: 81, endedAt: t0 + 1200 * second });
    const passed = await judge('outage', successRate, { resume: back.state });
    // 19 samples were missing: more than the 13 that half an hour can miss, so the half hour starts again.
    expect(passed).toMatchObject({
      verdict: 'PASS',
      endedAt: t0 + (1200 + 1800) * second,
      criteria: [{ notValid: 19 }],
    });
  });

  it.each([
    ['spoiled', 'the value is NaN'],
    ['twin', '2 series where one is needed'],
    ['sum(good - good) / sum(good - good)', 'the value is NaN'],
    ['missing', 'no data'],
    ['rate((', 'unclosed left parenthesis'],
  ])('holds, and never passes, on %s', async (promql, why) => {
    const held = await judge(promql);
    expect(held.verdict).toBe('HOLD');
    expect(held.reason).toContain(why);
  });

  it('does not judge the old version: what was bad before the change does not count', async () => {
    expect(await judge('bad_before', successRate, { t0: changedAt + 15 * second })).toMatchObject({
      verdict: 'PASS',
      criteria: [{ breaches: 0 }],
    });
  });

  it('counts violations since the change over a restart of the process', async () => {
    const clean = baseline({ violations: 7 });
    expect(await judge('clean_total', violations, clean)).toMatchObject({ verdict: 'PASS', criteria: [{ last: 0 }] });
    expect(await judge('leak_total', violations, clean)).toMatchObject({
      verdict: 'FAIL',
      endedAt: t0 + 900 * second,
      criteria: [{ last: 1 }],
    });
    expect(await judge('leak_total', violations)).toMatchObject({
      verdict: 'HOLD',
      state: { hold: { cause: 'baseline' } },
    });
  });

  it('counts by the query itself where it says elapsed, with no baseline', async () => {
    const query = 'sum(increase(clean_total[{{elapsed}}]))';
    expect(await judge(query, violations)).toMatchObject({ verdict: 'PASS' });
    expect(await judge(query.replace('clean', 'leak'), violations)).toMatchObject({ verdict: 'FAIL' });
  });

  it('compares with the baseline', async () => {
    expect(await judge('slow', duration, baseline({ duration: 1.2 }))).toMatchObject({ verdict: 'PASS' });
    expect(await judge('slow', duration, baseline({ duration: 1 }))).toMatchObject({ verdict: 'FAIL' });
    expect(await judge('slow', duration)).toMatchObject({ verdict: 'HOLD', state: { hold: { cause: 'baseline' } } });
  });

  it('comes to the same end when its worker dies on the way, and when it is judged again', async () => {
    const given = input(successRate, { promql: 'dip' });
    // Fine enough a grid that it is caught up in several pages.
    given.spec = { ...given.spec, every: span(5 * second) };
    const store = memoryStore();
    const whole = await watch(given, { clock: systemClock, store }).result;
    const dying = watch(given, {
      clock: systemClock,
      store,
      onHeartbeat: ({ k }, cancel) => k > 0 && cancel('WORKER_SHUTDOWN'),
    });
    await expect(dying.result).rejects.toThrow('WORKER_SHUTDOWN');
    const last = dying.heartbeats.at(-1) as WindowHeartbeat;
    for (const heartbeatDetails of [last, dying.heartbeats[0], undefined]) {
      const again = await watch(given, { clock: systemClock, store, heartbeatDetails }).result;
      expect(again).toMatchObject({ verdict: whole.verdict, state: whole.state, samples: whole.samples });
      expect((await judgeAgain(store, again.evidence)).state).toEqual(whole.state);
    }
  });
});

describe('a metrics source that misbehaves', () => {
  /** A PROXY before the real Prometheus that breaks what it is told to break. */
  async function through(
    breaks: (
      count: number
    ) => Promise<{ status?: number; body: string } | undefined> | { status?: number; body: string } | undefined
  ): Promise<WindowResult> {
    const given = input(successRate, { promql: 'good', range: span(900 * second) });
    const real = given.environment.metrics.url;
    let count = 0;
    const proxy = await stubSource(async ({ path, form }) => {
      count += 1;
      const broken = await breaks(count);
      if (broken) return broken;
      const answer = await fetch(`${real}${path}`, { method: 'POST', body: form });
      return { status: answer.status, body: await answer.text() };
    });
    given.environment.metrics = { ...given.environment.metrics, url: proxy.url, timeout: span(200) };
    return watch(given, { clock: systemClock }).result;
  }

  it('passes through the proxy when nothing is broken', async () => {
    expect(await through(() => undefined)).toMatchObject({ verdict: 'PASS', samples: 121 });
  });

  it.each([
    ['HTTP 500', () => ({ status: 500, body: 'oops' }), 'HTTP 500'],
    ['HTTP 502 with a page', () => ({ status: 502, body: '<html>Bad Gateway</html>' }), 'HTTP 502'],
    ['garbage', () => ({ body: '{"status":"succ' }), 'the answer is not one of the Prometheus API'],
    ['an answer that never comes', () => new Promise<undefined>(() => undefined), 'no answer within 0.2s'],
    ['an answer that may be partial', () => ({ body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] }, warnings: ['a store is away'] }) }), 'the answer may be partial: a store is away'],
  ])('holds on %s', async (_, breaks, why) => {
    const held = await through(breaks);
    expect(held).toMatchObject({ verdict: 'HOLD', criteria: [{ ok: 0, breaches: 0, notValid: 3 }] });
    expect(held.reason).toContain(why);
  }); // prettier-ignore

  it('holds when nobody listens', async () => {
    const [port] = await freePorts(1);
    const given = input(successRate, { promql: 'good' });
    given.environment.metrics = { ...given.environment.metrics, url: `http://127.0.0.1:${port}` };
    const held = await watch(given, { clock: systemClock }).result;
    expect(held.verdict).toBe('HOLD');
    expect(held.reason).toContain('ECONNREFUSED');
  });
});
