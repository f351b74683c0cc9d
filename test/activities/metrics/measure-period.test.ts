import { describe, expect, it } from 'vitest';
import type { MeasureInput } from '../../../src/activities/contract.js';
import { measurePeriod } from '../../../src/activities/metrics/measure-period.js';
import type { MetricReader } from '../../../src/activities/metrics/reader.js';
import type { Scope } from '../../../src/activities/scope.js';
import type { Reading } from '../../../src/plan/judge-types.js';
import { testEnvironment } from '../../support/activities/environment.js';
import { testTools } from '../../support/activities/tools.js';

const now = Date.UTC(2026, 10, 28, 10);
const value = (of: number): Reading => ({ kind: 'value', value: of });
const scope = { heartbeat: () => undefined, signal: new AbortController().signal } as unknown as Scope;

function measure(readingAt: (k: number, of: number) => Reading, change: Partial<MeasureInput> = {}) {
  const asked: number[][] = [];
  const reader: MetricReader = {
    at: () => Promise.reject(new Error('nobody asks for now')),
    range: async (metrics, instants) => {
      asked.push([...instants]);
      return instants.map((_, k) => Object.fromEntries(metrics.map((name) => [name, readingAt(k, instants.length)])));
    },
  };
  const environment = testEnvironment();
  environment.metrics.lag = { ms: 0, planned: '0s' };
  const { evidence, logger } = testTools();
  const clock = { now: () => now, sleep: () => new Promise<void>(() => undefined) };
  const deps = { evidence, logger, clock, readerOf: () => reader };
  const origin = { run: 'r', address: 'later/recorded#1', title: 'New normal' };
  const input: MeasureInput = { origin, metrics: ['latency'], overMs: 24 * 3_600_000, environment, ...change };
  return { asked, evidence, result: measurePeriod(deps, scope, input) };
}

describe('what a metric was over a period', () => {
  it('is its mean, extremes and last value', async () => {
    const { result } = measure((k) => value(k % 2 === 0 ? 1 : 3));
    const { values, missing } = await result;
    expect(missing).toEqual({});
    expect(values['latency']).toMatchObject({ min: 1, max: 3, last: 1 });
    expect(values['latency']?.mean).toBeCloseTo(2, 1);
  });

  it('is asked for at 240 instants or a few less, the last one now', async () => {
    const { asked, result } = measure(() => value(1));
    await result;
    const instants = asked.flat();
    expect(instants.length).toBe(241);
    expect([instants[0], instants.at(-1)]).toEqual([now - 24 * 3_600_000, now]);
  });

  it('is never asked more often than once a second', async () => {
    const { asked, result } = measure(() => value(1), { overMs: 1000 });
    await result;
    expect(asked.flat()).toEqual([now - 2000, now - 1000, now]);
  });

  it('counts the increase of a counter through a reset', async () => {
    const { result } = measure((k) => value([5, 7, 1][k] ?? 0), { overMs: 2000 });
    expect((await result).values['latency']?.increase).toBe(3);
  });

  it('is missing, with the reason, when fewer than half of the readings are valid', async () => {
    const half = await measure((k, of) => (k < of / 2 ? value(1) : { kind: 'no-data' })).result;
    expect(half.values['latency']).toBeDefined();
    const less = await measure((k, of) => (k < of / 2 - 1 ? value(1) : { kind: 'error', reason: 'HTTP 503' })).result;
    expect(less.values).toEqual({});
    expect(less.missing['latency']).toMatch(/^only 120 of 241 readings were valid \(HTTP 503\)$/);
  });

  it('keeps every reading as evidence', async () => {
    const { evidence, result } = measure(() => value(1), { overMs: 2000 });
    const { document } = JSON.parse(await evidence.get((await result).evidence.digest)) as {
      document: { readings: Record<string, unknown[]> };
    };
    expect(document.readings['latency']).toEqual([value(1), value(1), value(1)]);
  });
});
