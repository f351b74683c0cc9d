import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { createMetricActivities } from '../../../src/activities/metrics/index.js';
import type { MetricReader } from '../../../src/activities/metrics/index.js';
import type { BaselineSet, CheckInput, CheckResult } from '../../../src/activities/contract.js';
import type { Criterion } from '../../../src/plan/model.js';
import { createSecrets } from '../../../src/activities/secrets.js';
import { fakeReader } from '../../support/metrics/fake-reader.js';
import type { Series } from '../../support/metrics/fake-reader.js';
import { memoryStore } from '../../support/metrics/memory-store.js';
import { environmentWith, metricSource } from '../../support/metrics/sources.js';
import { virtualClock } from '../../support/metrics/virtual-clock.js';
import { duration, responseTime, second, span, successRate, t0, violations } from '../../support/metrics/windows.js';

const origin = { run: 'migration/test/plan', address: '1a/check#1', title: 'Check' };
const environment = environmentWith(
  metricSource(
    'http://127.0.0.1:1',
    { violations_since: { promql: 'increase(v[{{elapsed}}])' } },
    { lag: span(2 * second) }
  )
);

function activities(reader: MetricReader, store = memoryStore(), clock = virtualClock(t0)) {
  const mock = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR', () => undefined) });
  const write = (): void => undefined;
  const all = createMetricActivities({
    evidence: store,
    clock,
    logger: { info: write, warn: write, error: write },
    fetch,
    secrets: createSecrets({ env: {}, baseDir: '.' }),
    readerOf: () => reader,
  });
  return {
    mock,
    clock,
    store,
    baseline: (metrics: string[]): Promise<BaselineSet> =>
      mock.run(() => all.captureBaseline({ origin, metrics, environment })),
    check: (criterion: Criterion, change: Partial<CheckInput> = {}): Promise<CheckResult> =>
      mock.run(() => all.checkMetric({ origin, environment, ...change, check: { type: 'metric', criterion } })),
  };
}

/** A series that has a value only from the third time that it is asked. */
function third(value: number): Series {
  let asked = 0;
  return () => {
    asked += 1;
    return asked < 3 ? { kind: 'error', reason: 'HTTP 503' } : value;
  };
}

const evidence = { digest: 'sha256:0', bytes: 0 };

describe('the baseline', () => {
  it('has one value per metric, all of the same instant, read after the lag', async () => {
    const reader = fakeReader({ a: () => 1, b: () => 0 });
    const { baseline, clock, store } = activities(reader);
    const found = await baseline(['a', 'b', 'a']);
    expect(found).toMatchObject({ at: t0, values: { a: 1, b: 0 }, missing: {} });
    expect(reader.calls).toMatchObject([{ metrics: ['a', 'b'], instants: [t0], context: {} }]);
    expect(clock.now()).toBe(t0 + 2 * second);
    const stored = JSON.parse(await store.get(found.evidence.digest)) as object;
    expect(stored).toMatchObject({ kind: 'baseline', document: { at: t0, origin, values: { a: 1, b: 0 } } });
  });

  it('says what could not be measured and why, and makes nothing up', async () => {
    const reader = fakeReader({
      nan: () => Number.NaN,
      down: () => ({ kind: 'error', reason: 'HTTP 503' }),
      a: () => 1,
    });
    const found = await activities(reader).baseline(['a', 'none', 'nan', 'down']);
    expect(found.values).toEqual({ a: 1 });
    expect(found.missing).toEqual({ none: 'no data', nan: 'the value is NaN', down: 'HTTP 503' });
  });

  it('asks again, twice, for what had no value, and only for that', async () => {
    const reader = fakeReader({ late: third(5), a: () => 1, never: () => undefined });
    const found = await activities(reader).baseline(['late', 'a', 'never']);
    expect(found.values).toEqual({ late: 5, a: 1 });
    expect(reader.calls.map(({ metrics }) => metrics)).toEqual([
      ['late', 'a', 'never'],
      ['late', 'never'],
      ['late', 'never'],
    ]);
    expect(reader.calls.flatMap(({ instants }) => instants)).toEqual([t0, t0, t0]);
  });

  it('is given up at once when the activity is cancelled', async () => {
    const reader = fakeReader({ a: () => undefined });
    const { baseline, mock, clock } = activities(reader);
    const capturing = baseline(['a']);
    mock.cancel('CANCELLED');
    await expect(capturing).rejects.toThrow(CancelledFailure);
    expect(clock.now()).toBe(t0);
  });
});

describe('a metric check', () => {
  it.each([
    ['PASS', 0.99, '"success_rate > 95%" holds: success_rate was 99% at 2026-11-22 10:00:00Z'],
    ['FAIL', 0.9, '"success_rate > 95%" is broken: success_rate was 90% at 2026-11-22 10:00:00Z'],
    ['HOLD', Number.NaN, '"success_rate > 95%" could not be checked at 2026-11-22 10:00:02Z: the value is NaN'],
    ['HOLD', undefined, '"success_rate > 95%" could not be checked at 2026-11-22 10:00:02Z: no data'],
  ])('is %s for the value %s', async (verdict, value, reason) => {
    const { check, store, clock } = activities(fakeReader({ success_rate: () => value }));
    const result = await check(successRate);
    const at = Date.parse(/at (\S+ \S+Z)/.exec(reason)?.[1] ?? '');
    expect(result).toMatchObject({ verdict, reason, endedAt: clock.now() });
    const stored = JSON.parse(await store.get(result.evidence.digest)) as object;
    expect(stored).toMatchObject({
      kind: 'metric-check',
      document: { verdict, reason, at, criterion: { text: 'success_rate > 95%' } },
    });
  });

  it('asks again before it holds', async () => {
    const { check } = activities(fakeReader({ response_time: third(1) }));
    expect(await check(responseTime)).toMatchObject({ verdict: 'PASS' });
  });

  it('asks about a later moment then: what a source missed in one, as in a scrape that failed, it never learns', async () => {
    const missed: Series = (at) => (at < t0 + 2 * second ? undefined : 1);
    const reader = fakeReader({ response_time: missed });
    expect(await activities(reader).check(responseTime)).toMatchObject({
      verdict: 'PASS',
      reason: expect.stringContaining('at 2026-11-22 10:00:02Z') as string,
    });
    expect(reader.calls.map(({ instants }) => instants)).toEqual([[t0], [t0 + second], [t0 + 2 * second]]);
  });

  it('is about the moment it was asked at, and no query looks behind the change', async () => {
    const reader = fakeReader({ success_rate: () => 0.99 });
    await activities(reader).check(successRate, { changedAt: t0 - 5000 });
    expect(reader.calls).toMatchObject([{ how: 'at', instants: [t0], context: { changedAt: t0 - 5000 } }]);
  });

  it('compares with the baseline, and holds without one', async () => {
    const { check } = activities(fakeReader({ duration: () => 1.1 }));
    const baseline = (value: number): BaselineSet => ({ at: t0, values: { duration: value }, missing: {}, evidence });
    expect(await check(duration, { baseline: baseline(1) })).toMatchObject({ verdict: 'PASS' });
    expect(await check(duration, { baseline: baseline(0.5) })).toMatchObject({ verdict: 'FAIL' });
    const held = await check(duration);
    expect(held).toMatchObject({ verdict: 'HOLD', reason: expect.stringContaining('no baseline') as string });
  });

  it('judges the value itself: one reading has nothing to count from', async () => {
    const { check } = activities(fakeReader({ violations: () => 7, none: () => 0 }));
    const once = { ...violations, increase: false };
    expect(await check(once)).toMatchObject({
      verdict: 'FAIL',
      reason: '"violations == 0" is broken: violations was 7 at 2026-11-22 10:00:00Z',
    });
    expect(await check({ ...once, metric: 'none' })).toMatchObject({ verdict: 'PASS' });
  });
});
