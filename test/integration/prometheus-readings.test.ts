import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetricReader } from '../../src/activities/metrics/index.js';
import { riseQuery } from '../../src/plan/rise.js';
import type { Reading } from '../../src/plan/judge-types.js';
import type { MetricBinding } from '../../src/plan/model.js';
import { findOnPath } from '../../demo/servers/processes.js';
import { backfilledPrometheus } from '../support/metrics/backfill.js';
import type { BackfilledPrometheus, BackfilledSeries } from '../support/metrics/backfill.js';
import { metricSource, readerOf } from '../support/metrics/sources.js';
import { second, span } from '../support/metrics/windows.js';
import { needs } from '../support/needs.js';

/** Three hours ago, on the grid of 15 s; the series are 60 minutes long. */
const from = Math.floor((Date.now() - 3 * 3600 * second) / (15 * second)) * 15 * second;
const at = (seconds: number): number => from + seconds * second;
const install = 'apt-get install --no-install-recommends prometheus';

/** Counters around a change at 29:50, each a story of its own; `quiet` pods are there so that somebody answers. */
const changed = 1790;
const rising = (name: string, valueAt: BackfilledSeries['valueAt'], labels = ''): BackfilledSeries => ({
  name: `${name}_total`,
  type: 'counter',
  labels,
  valueAt,
});
const risingSeries = [
  rising('restarted', (s) => (s < 2000 ? 100 : 0), '{pod="a"}'),
  rising('restarted', () => 5, '{pod="b"}'),
  rising('hidden', (s) => (s < 1815 ? 1 : s < 1845 ? 0 : 1)),
  rising('fresh', () => 0, '{pod="a"}'),
  rising('fresh', (s) => (s < 1800 ? undefined : 1), '{pod="b"}'),
  rising('unscraped', (s) => (s < 1800 ? 3 : 4)),
  rising('across', (s) => (s < 1800 ? 100 : 2)),
  rising('twice', (s) => (s < 1800 ? 5 : s < 1830 ? 0 : s < 1845 ? 1 : 0)),
  rising('vanished', (s) => (s < 1900 ? 7 : undefined)),
  rising('steady', (s) => (s < 1800 ? 10 : 10 + Math.floor((s - 1785) / 15))),
];

let prometheus: BackfilledPrometheus | undefined;

beforeAll(async () => {
  const promtool = findOnPath('promtool');
  if (promtool === undefined || findOnPath('prometheus') === undefined) return;
  prometheus = await backfilledPrometheus(
    [
      { name: 'rate', type: 'gauge', valueAt: () => 0.99 },
      // Ten minutes without a sample, from 20:00 on, and no stale mark: like a Prometheus that was down.
      { name: 'gappy', type: 'gauge', valueAt: (s) => (s >= 1200 && s < 1800 ? undefined : s) },
      { name: 'replica', type: 'gauge', labels: '{pod="a"}', valueAt: () => 1 },
      { name: 'replica', type: 'gauge', labels: '{pod="b"}', valueAt: (s) => (s < 1800 ? undefined : 1) },
      { name: 'nothing', type: 'gauge', valueAt: () => 0 },
      { name: 'spoiled', type: 'gauge', valueAt: () => Number.NaN },
      ...risingSeries,
      // A restart at 30:00: 120 counted before, then from 0 again.
      { name: 'requests_total', type: 'counter', valueAt: (s) => (s < 1800 ? s / 15 : (s - 1800) / 15) },
    ],
    { from, minutes: 60, promtool }
  );
});

afterAll(async () => {
  await prometheus?.stop();
  prometheus?.remove();
});

function reader(bindings: Record<string, MetricBinding>): MetricReader {
  needs('prometheus', install);
  if (!prometheus) throw new Error('Prometheus did not start');
  return readerOf(metricSource(prometheus.url, bindings));
}

async function read(
  promql: string,
  seconds: number,
  change: { changedAt?: number; range?: number } = {}
): Promise<Reading | undefined> {
  const { changedAt, range } = change;
  const binding = { promql, ...(range !== undefined && { range: span(range * second) }) };
  const readings = await reader({ m: binding }).at(['m'], at(seconds), changedAt === undefined ? {} : { changedAt });
  return readings['m'];
}

const value = (of: number): Reading => ({ kind: 'value', value: of });

describe('a reading from a real Prometheus', () => {
  it('is the value at its instant, hours ago', async () => {
    expect(await read('rate', 1000)).toEqual(value(0.99));
    expect(await read('gappy', 600)).toEqual(value(600));
    expect(await read('vector(3)', 600)).toEqual(value(3));
    expect(await read('3', 600)).toEqual(value(3));
  });

  it('is no data for a metric that is not there, or not yet', async () => {
    expect(await read('missing', 1000)).toEqual({ kind: 'no-data' });
    expect(await read('rate', -10)).toEqual({ kind: 'no-data' });
  });

  it('is invalid for 0/0, for 1/0 and for a NaN in the series', async () => {
    expect(await read('sum(nothing) / sum(nothing)', 1000)).toEqual({ kind: 'invalid', reason: 'the value is NaN' });
    expect(await read('1 / sum(nothing)', 1000)).toEqual({ kind: 'invalid', reason: 'the value is +Inf' });
    expect(await read('spoiled', 1000)).toEqual({ kind: 'invalid', reason: 'the value is NaN' });
  });

  it('is invalid for two series where one is needed, from the instant at which there are two', async () => {
    expect(await read('replica', 1785)).toEqual(value(1));
    expect(await read('replica', 1800)).toEqual({ kind: 'invalid', reason: '2 series where one is needed' });
    expect(await read('replica', 1800, { range: 60 })).toEqual({
      kind: 'invalid',
      reason: '2 series where one is needed',
    });
  });

  it('is an error that says what Prometheus has against the query', async () => {
    expect(await read('rate((', 1000)).toMatchObject({
      kind: 'error',
      reason: expect.stringContaining('HTTP 400, bad_data: invalid parameter "query"') as string,
    });
    expect(await read('rate(rate)', 1000)).toMatchObject({ kind: 'error' });
  });

  it.each([
    ['0 when one of several pods restarts', 'restarted', 2400, 0],
    ['1 when the restart hides it behind the old value', 'hidden', 2400, 1],
    ['1 when the series is new', 'fresh', 2400, 1],
    ['1 when it happened before the first scrape', 'unscraped', 2400, 1],
    ['2 when a restart and two of them happened before the first scrape', 'across', 2400, 2],
    ['as many as there were without a restart', 'steady', 1890, 7],
    ['0 right after the change', 'restarted', 1800, 0],
  ])('of a counter is %s', async (_what, name, seconds, expected) => {
    expect(await read(riseQuery(`${name}_total`), seconds, { changedAt: at(changed), range: 30 })).toEqual(
      value(expected)
    );
  });

  it('of a counter sees what happened between two restarts, and has no data when the counter is gone', async () => {
    const rise = (name: string): Promise<Reading | undefined> =>
      read(riseQuery(`${name}_total`), 2400, { changedAt: at(changed), range: 30 });
    const twice = await rise('twice');
    expect(twice?.kind === 'value' && twice.value > 0).toBe(true);
    expect(await rise('vanished')).toEqual({ kind: 'no-data' });
    expect(await rise('never_there')).toEqual({ kind: 'no-data' });
  });

  it('counts an increase over a counter reset', async () => {
    expect(await read('round(increase(requests_total[{{elapsed}}]))', 2400, { changedAt: at(1200) })).toEqual(
      value(79)
    );
  });

  it('never looks behind the change', async () => {
    const changedAt = at(1800);
    // The sample at 1785 is of the old version; the first one of the new version comes at 1800.
    expect(await read('rate', 1799, { changedAt: at(1790) })).toEqual({ kind: 'no-data' });
    expect(await read('rate', 1801, { changedAt: at(1790) })).toEqual(value(0.99));
    expect(await read('rate(requests_total[{{range}}])', 1810, { changedAt, range: 60 })).toEqual({ kind: 'no-data' });
    expect(await read('round(sum(rate(requests_total[{{range}}])) * 15)', 1831, { changedAt, range: 60 })).toEqual(
      value(1)
    );
  });
});

describe('a plain selector where Prometheus has a hole and no stale mark', () => {
  it('answers with the old value for five minutes: known, and why a binding should have a range', async () => {
    expect(await read('gappy', 1484)).toEqual(value(1185));
    expect(await read('gappy', 1486)).toEqual({ kind: 'no-data' });
  });

  it('has no data as soon as the range of its binding is past', async () => {
    expect(await read('gappy', 1214, { range: 30 })).toEqual(value(1185));
    expect(await read('gappy', 1216, { range: 30 })).toEqual({ kind: 'no-data' });
  });

  it('has no data from before the change', async () => {
    expect(await read('gappy', 1214, { changedAt: at(1190) })).toEqual({ kind: 'no-data' });
    expect(await read('gappy', 1801, { changedAt: at(1190) })).toEqual(value(1800));
  });
});

describe('instants that are asked for later by range', () => {
  it('have the readings that each would have had by itself', async () => {
    const bindings: Record<string, MetricBinding> = {
      rate: { promql: 'rate' },
      gappy: { promql: 'gappy' },
      fresh: { promql: 'gappy', range: span(45 * second) },
      replica: { promql: 'replica' },
      spoiled: { promql: 'spoiled' },
      nan: { promql: 'sum(nothing) / sum(nothing)' },
      clipped: { promql: 'sum(rate(requests_total[{{range}}]))', range: span(300 * second) },
      elapsed: { promql: 'increase(requests_total[{{elapsed}}])' },
      scalar: { promql: 'time()' },
    };
    const metrics = [...Object.keys(bindings), 'unbound'];
    const source = reader(bindings);
    const context = { changedAt: at(1080) };
    // Off the scrape grid, across the gap, the second replica and the counter reset.
    const instants = Array.from({ length: 80 }, (_, k) => at(1087) + 321 + k * 15 * second);
    const together = await source.range(metrics, instants, context);
    const single: Record<string, Reading>[] = [];
    for (const instant of instants) single.push(await source.at(metrics, instant, context));
    expect(together).toEqual(single);
    const kinds = new Set(together.flatMap((row) => Object.values(row).map(({ kind }) => kind)));
    expect(kinds).toEqual(new Set(['value', 'no-data', 'invalid', 'error']));
  });
});
