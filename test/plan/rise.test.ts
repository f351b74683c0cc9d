import { describe, expect, it } from 'vitest';
import { counterOf, counterPattern, meansNone, riseQuery } from '../../src/plan/rise.js';

describe('a counter', () => {
  it.each([
    'errors_total',
    'x',
    '_x',
    'Errors',
    ':job:errors',
    'e2',
    'errors{}',
    'errors{code=~"5.."}',
    'e{\n  a="b"\n}',
  ])('is a name, with labels if need be: %j', (written) => {
    expect(written).toMatch(counterPattern);
  });

  it.each([
    '',
    '2xx',
    'sum(errors)',
    ' errors',
    'errors ',
    'errors-total',
    'errors{',
    'errors{}x',
    'e{a}{b}',
    'e{{a}}',
    'e[5m]',
  ])('is nothing else: %j', (written) => {
    expect(written).not.toMatch(counterPattern);
  });
});

describe('the query for the rise of a counter', () => {
  it('adds what is above the change and what was counted since a restart, while a series is there', () => {
    // What Prometheus answers to it is seen in test/integration/prometheus-readings.test.ts.
    expect(riseQuery('e')).toBe(
      [
        'sum(clamp_min(max_over_time(e[{{elapsed}}]) - (last_over_time(e[5m] offset {{elapsed}}) or 0 * max_over_time(e[{{elapsed}}])), 0))',
        '+ (sum(((round(increase(e[{{elapsed}}])) > last_over_time(e[{{elapsed}}])) or last_over_time(e[{{elapsed}}]))',
        'and min_over_time(e[{{elapsed}}]) < last_over_time(e[5m] offset {{elapsed}})) or vector(0))',
        'and on() count(present_over_time(e[{{range}}]) and e)',
      ].join(' ')
    );
  });

  it.each(['x', 'errors_total', 'errors_total{code=~"5..",path="/a b"}', 'e{\n  a="b"\n}'])(
    'is known again: %j',
    (counter) => {
      expect(counterOf(riseQuery(counter))).toBe(counter);
    }
  );

  it.each([
    ['written by hand', 'sum(rate(errors_total[5m]))'],
    ['nothing', ''],
    ['with something behind it', `${riseQuery('errors')} > 0`],
    ['with something before it', `1 + ${riseQuery('errors')}`],
    ['with its own end alone', 'errors and on() count(present_over_time(errors[{{range}}]) and errors)'],
    ['of two counters', riseQuery('errors').replace('errors[{{range}}]', 'others[{{range}}]')],
  ])('is not seen in a query that is another: %s', (_, promql) => {
    expect(counterOf(promql)).toBeUndefined();
  });
});

describe('that nothing may happen', () => {
  it.each([
    ['==', 0, true],
    ['==', 3, false],
    ['<=', 0, false],
    ['>=', 0, false],
  ] as const)('%s %d: %s', (op, value, expected) => {
    expect(meansNone({ op, value })).toBe(expected);
  });

  it('is not said by a metric without a target', () => {
    expect(meansNone(undefined)).toBe(false);
  });
});
