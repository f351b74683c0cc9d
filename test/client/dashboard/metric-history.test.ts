import { describe, expect, it } from 'vitest';
import { MetricHistory } from '../../../src/client/dashboard/metric-history.js';
import { gridOf, instantsOf } from '../../../src/client/dashboard/ranges.js';
import type { Reading } from '../../../src/plan/judge-types.js';
import { openMetricSource, type OpenSource } from '../../../src/worker/metric-source.js';
import { span } from '../../support/stage/plans.js';

const start = Date.UTC(2026, 10, 22, 20, 0, 0);
const minute = 60_000;

interface Recorded {
  source: OpenSource;
  ranges: Array<{ metrics: string[]; instants: number[]; changedAt: number | undefined }>;
  answer: (metric: string, at: number) => Reading;
}

function recorded(sinceChange: string[] = []): Recorded {
  const made: Recorded = {
    ranges: [],
    answer: (_metric, at) => ({ kind: 'value', value: at }),
    source: {
      sinceChange: new Set(sinceChange),
      at: (metrics, at) => Promise.resolve(Object.fromEntries(metrics.map((one) => [one, made.answer(one, at)]))),
      range: (metrics, instants, { changedAt }) => {
        made.ranges.push({ metrics: [...metrics], instants: [...instants], changedAt });
        return Promise.resolve(
          instants.map((at) => Object.fromEntries(metrics.map((one) => [one, made.answer(one, at)])))
        );
      },
    },
  };
  return made;
}

describe('what a metrics source said so far', () => {
  it('is asked for each instant once', async () => {
    const { source, ranges } = recorded();
    const history = new MetricHistory(source, ['success'], 0);
    await history.refresh(start + 4 * minute, { startedAt: start }, ['run']);
    await history.refresh(start + 4 * minute + 4_000, { startedAt: start }, ['run']);
    const [first, second] = ranges;
    expect(first?.instants.length).toBeGreaterThan(100);
    expect(second?.instants.length).toBeLessThan(5);
    const asked = ranges.flatMap(({ instants }) => instants);
    expect(new Set(asked).size).toBe(asked.length);
    expect(history.points('success', 'run').length).toBeGreaterThan(100);
  });

  it('ends at the latest look, also between two instants of the grid', async () => {
    const { source } = recorded();
    const history = new MetricHistory(source, ['success'], 0);
    await history.refresh(start + 4 * minute + 1_234, { startedAt: start }, ['run']);
    expect(history.points('success', 'run').at(-1)).toEqual({
      at: start + 4 * minute + 1_234,
      value: start + 4 * minute + 1_234,
    });
  });

  it('is asked again for an instant at which the source did not answer', async () => {
    const made = recorded();
    const history = new MetricHistory(made.source, ['success'], 0);
    made.answer = () => ({ kind: 'error', reason: 'HTTP 503' });
    await history.refresh(start + minute, { startedAt: start }, ['run']);
    expect(history.points('success', 'run').filter(({ value }) => value !== undefined)).toEqual([]);
    expect(history.latest('success')).toMatchObject({ reading: { kind: 'error' } });
    made.answer = (_metric, at) => ({ kind: 'value', value: at });
    await history.refresh(start + minute, { startedAt: start }, ['run']);
    expect(made.ranges[1]?.instants).toEqual(made.ranges[0]?.instants);
    expect(history.points('success', 'run').every(({ value }) => value !== undefined)).toBe(true);
  });

  it('keeps the last value, and when it was, while there is none', async () => {
    const made = recorded();
    const history = new MetricHistory(made.source, ['success'], 0);
    await history.refresh(start + minute, { startedAt: start }, []);
    made.answer = () => ({ kind: 'no-data' });
    await history.refresh(start + 2 * minute, { startedAt: start }, []);
    expect(history.latest('success')).toEqual({
      reading: { kind: 'no-data' },
      at: start + 2 * minute,
      value: start + minute,
      valueAt: start + minute,
    });
  });

  it('counts from the first change, and is not asked for what was before it', async () => {
    const { source, ranges } = recorded(['violations']);
    const history = new MetricHistory(source, ['success', 'violations'], 0);
    const changedAt = start + 2 * minute;
    await history.refresh(start + 8 * minute, { startedAt: start, changedAt }, ['run']);
    const counting = ranges.find(({ metrics }) => metrics.includes('violations'));
    const others = ranges.find(({ metrics }) => metrics.includes('success'));
    expect(counting?.changedAt).toBe(changedAt);
    expect(Math.min(...(counting?.instants ?? []))).toBeGreaterThan(changedAt);
    // A look at what is usual reaches behind the change.
    expect(others?.changedAt).toBeUndefined();
    expect(Math.min(...(others?.instants ?? []))).toBeLessThan(start);
  });

  it('of a source without a memory is what was seen here and by the windows', async () => {
    const made = recorded();
    made.source.range = (_metrics, instants) => Promise.resolve(instants.map(() => ({ success: { kind: 'no-data' } })));
    const history = new MetricHistory(made.source, ['success'], 0);
    history.add('success', [{ at: start + 10_000, value: 0.9 }]);
    await history.refresh(start + minute, { startedAt: start }, ['run']);
    expect(history.forgetful).toBe(true);
    expect(history.points('success', 'run')).toEqual([
      { at: start + 10_000, value: 0.9 },
      { at: start + minute, value: start + minute },
    ]);
  });

  it('says which secret is missing where the dashboard runs', async () => {
    const source = openMetricSource(
      {
        provider: 'prometheus',
        url: 'http://127.0.0.1:1',
        lag: span(0),
        timeout: span(1000),
        headers: { authorization: 'Bearer ${env:METRICS_TOKEN}' },
        bindings: { success: { promql: 'success' } },
      },
      { env: {}, workdir: '.' }
    );
    const history = new MetricHistory(source, ['success'], 0);
    await history.refresh(start, { startedAt: start }, []);
    expect(history.latest('success')?.reading).toMatchObject({
      kind: 'error',
      reason: expect.stringContaining('METRICS_TOKEN') as string,
    });
  });
});

describe('the grid of a plot', () => {
  it.each([
    ['run', 4 * minute],
    ['run', 14 * 24 * 60 * minute],
    ['6h', 14 * 24 * 60 * minute],
    ['15m', minute],
  ] as const)(
    'of %s after %i ms has as many points as a screen shows, at the same instants in the next look',
    (range, after) => {
      const grid = gridOf(range, start, start + after);
      const next = gridOf(range, start, start + after + 2_000);
      expect(instantsOf(grid).length).toBeLessThanOrEqual(242);
      expect(instantsOf(grid).length).toBeGreaterThan(10);
      if (next.step === grid.step) expect((next.from - grid.from) % grid.step).toBe(0);
      for (const at of instantsOf(grid)) expect(at % grid.step).toBe(0);
    }
  );
});
