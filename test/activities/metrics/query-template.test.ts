import { describe, expect, it } from 'vitest';
import { fillQuery, metricsSinceChange } from '../../../src/activities/metrics/query-template.js';
import { metricSource } from '../../support/metrics/sources.js';
import { second, span, t0 } from '../../support/metrics/windows.js';

const changedAt = t0;
const at = (seconds: number): number => t0 + seconds * second;

describe('a query for an instant', () => {
  it.each([
    [37.9, 'rate(x[{{range}}]) / y[{{elapsed}}]', 'rate(x[5s]) / y[37s]'],
    [3.999, 'rate(x[{{ range }}]) / y[{{ elapsed }}]', 'rate(x[3s]) / y[3s]'],
    [1, 'rate(x[{{range}}])', 'rate(x[1s])'],
  ])('%d s after the change looks back no further than it: %s', (seconds, promql, query) => {
    expect(fillQuery({ promql }, at(seconds), { changedAt })?.query).toBe(query);
  });

  it('less than a second after the change, or before it, looks at nothing', () => {
    for (const seconds of [0.999, 0, -10]) {
      expect(fillQuery({ promql: 'x' }, at(seconds), { changedAt })).toBeUndefined();
    }
  });

  it('uses the range of the binding, in whole seconds and at least one', () => {
    const query = (ms: number): string | undefined =>
      fillQuery({ promql: 'rate(x[{{range}}])', range: span(ms) }, at(600), { changedAt })?.query;
    expect(query(60_000)).toBe('rate(x[60s])');
    expect(query(2900)).toBe('rate(x[2s])');
    expect(query(200)).toBe('rate(x[1s])');
    expect(query(900_000)).toBe('rate(x[600s])');
  });

  it('without a change has the whole range, and counts elapsed from the start of the window', () => {
    const promql = 'rate(x[{{range}}]) + y[{{elapsed}}]';
    expect(fillQuery({ promql, range: span(60_000) }, at(0), { since: t0 })?.query).toBe('rate(x[60s]) + y[1s]');
    expect(fillQuery({ promql }, at(90), { since: t0 })?.query).toBe('rate(x[5s]) + y[90s]');
  });

  it('for a baseline looks back over the range, or five minutes', () => {
    expect(fillQuery({ promql: 'y[{{elapsed}}]', range: span(60_000) }, at(0), {})?.query).toBe('y[60s]');
    expect(fillQuery({ promql: 'y[{{elapsed}}]' }, at(0), {})?.query).toBe('y[300s]');
  });

  it('limits the lookback of selectors inside an expression to the time since the change', () => {
    expect(fillQuery({ promql: 'sum(x)' }, at(37), { changedAt })).toEqual({ query: 'sum(x)', lookbackSeconds: 37 });
    expect(fillQuery({ promql: 'sum(x)' }, at(300), { changedAt })).toEqual({ query: 'sum(x)' });
    expect(fillQuery({ promql: 'sum(x)' }, at(37), {})).toEqual({ query: 'sum(x)' });
  });
});

describe('a plain selector', () => {
  it.each(['x', ' job:x:rate5m ', 'x{}', 'x{a="b"}', 'x{a="}", b=~\'"\', c=`}`}', String.raw`x{a="\"}"}`])(
    'counts only with a sample since the change: %s',
    (promql) => {
      const selector = promql.trim();
      expect(fillQuery({ promql }, at(37), { changedAt })?.query).toBe(
        `${selector} and present_over_time(${selector}[37s])`
      );
    }
  );

  it.each(['sum(x)', 'x / y', 'x[5m]', 'x offset 5m', 'x{a="b"} or y', '1', 'x{', 'NaN', 'inf'])(
    'is a selector and nothing else: not %s',
    (promql) => {
      expect(fillQuery({ promql }, at(37), { changedAt })?.query).toBe(promql);
    }
  );

  it('is as fresh as the range of its binding, change or not', () => {
    const range = span(15_000);
    expect(fillQuery({ promql: 'x', range }, at(600), { changedAt })?.query).toBe('x and present_over_time(x[15s])');
    expect(fillQuery({ promql: 'x', range }, at(0), {})?.query).toBe('x and present_over_time(x[15s])');
    expect(fillQuery({ promql: 'x' }, at(600), { changedAt })?.query).toBe('x');
    expect(fillQuery({ promql: 'x', range: span(600_000) }, at(1200), { changedAt })?.query).toBe('x');
  });
});

describe('the metrics that count since the change by themselves', () => {
  const bindings = {
    a: { promql: 'increase(a[{{elapsed}}])' },
    b: { promql: 'b' },
    c: { sample: 'c' },
    d: { promql: '[{{ elapsed }}]' },
  };

  it('are those whose query says elapsed', () => {
    expect(metricsSinceChange(metricSource('http://x', bindings))).toEqual(['a', 'd']);
  });

  it('are none of a metrics endpoint', () => {
    expect(metricsSinceChange(metricSource('http://x', bindings, { provider: 'endpoint' }))).toEqual([]);
  });
});
