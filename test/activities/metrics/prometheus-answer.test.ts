import { describe, expect, it } from 'vitest';
import { instantReading, rangeReadings } from '../../../src/activities/metrics/prometheus/answer.js';
import type { Reading } from '../../../src/plan/judge-types.js';
import { t0 } from '../../support/metrics/windows.js';

const seconds = t0 / 1000;

function answer(body: unknown, status = 200): { ok: true; status: number; text: string } {
  return { ok: true, status, text: typeof body === 'string' ? body : JSON.stringify(body) };
}
function vector(...values: string[]): object {
  const result = values.map((value) => ({ metric: {}, value: [seconds, value] }));
  return { status: 'success', data: { resultType: 'vector', result } };
}
function read(body: unknown, status = 200): Reading {
  return instantReading(answer(body, status), t0);
}
const error = (reason: string): Reading => ({ kind: 'error', reason });
const invalid = (reason: string): Reading => ({ kind: 'invalid', reason });

describe('the answer to an instant query', () => {
  it.each([
    ['0.975', 0.975], ['0', 0], ['-1.5e-3', -0.0015], ['1e+06', 1_000_000],
  ])('with one series is its value: %s', (text, value) => {
    expect(read(vector(text))).toEqual({ kind: 'value', value });
  }); // prettier-ignore

  it('may be a scalar', () => {
    expect(read({ status: 'success', data: { resultType: 'scalar', result: [seconds, '3'] } })).toEqual({
      kind: 'value',
      value: 3,
    });
  });

  it('without a series is no data', () => {
    expect(read(vector())).toEqual({ kind: 'no-data' });
  });

  it.each(['NaN', '+Inf', '-Inf', 'garbage', ''])('with the value "%s" is invalid', (text) => {
    expect(read(vector(text))).toEqual(invalid(`the value is ${text}`));
  });

  it.each([
    ['two series', vector('1', '1'), '2 series where one is needed'],
    ['three series', vector('1', 'NaN', '2'), '3 series where one is needed'],
    ['a string', { status: 'success', data: { resultType: 'string', result: [seconds, 'x'] } }, 'the answer is a string, one number is needed'],
    ['a matrix', { status: 'success', data: { resultType: 'matrix', result: [] } }, 'the answer is a matrix, one number is needed'],
    ['a histogram', { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, histogram: [seconds, {}] }] } }, 'the answer is a histogram, one number is needed'],
    ['another instant', { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [seconds - 60, '1'] }] } }, 'the answer is for another instant (2026-11-22T09:59:00.000Z)'],
  ])('with %s is invalid', (_, body, reason) => {
    expect(read(body)).toEqual(invalid(reason));
  }); // prettier-ignore

  it.each([
    ['HTTP 503', 'Service Unavailable', 503, 'HTTP 503'],
    ['HTTP 200 and no JSON', '<html>login</html>', 200, 'the answer is not one of the Prometheus API'],
    ['JSON of something else', { status: 'fine' }, 200, 'the answer is not one of the Prometheus API'],
    ['an empty body', '', 200, 'the answer is not one of the Prometheus API'],
    ['a refusal', { status: 'error', errorType: 'bad_data', error: 'parse error' }, 400, 'HTTP 400, bad_data: parse error'],
    ['a redirect', '', 302, 'HTTP 302'],
    ['a good body with a bad status', vector('1'), 500, 'HTTP 500'],
    ['warnings', { ...vector('1'), warnings: ['store a did not answer'] }, 200, 'the answer may be partial: store a did not answer'],
    ['a number where a text belongs', { status: 'success', data: { resultType: 'vector', result: [{ value: [seconds, 1] }] } }, 200, 'the answer is not one of the Prometheus API'],
  ])('with %s is an error', (_, body, status, reason) => {
    expect(read(body, status)).toEqual(error(reason));
  }); // prettier-ignore

  it('that did not come is an error with its reason', () => {
    expect(instantReading({ ok: false, reason: 'no answer within 5s' }, t0)).toEqual(error('no answer within 5s'));
  });

  it('with mere remarks is a value: they say nothing of missing data', () => {
    expect(read({ ...vector('1'), infos: ['metric might not be a counter'], warnings: [] })).toEqual({
      kind: 'value',
      value: 1,
    });
  });
});

describe('the answer to a range query', () => {
  const instants = [0, 1, 2, 3].map((k) => t0 + k * 15_000 + 123);
  const point = (k: number, value: string): [number, string] => [(instants[k] ?? 0) / 1000, value];
  function matrix(...series: [number, string][][]): object {
    const result = series.map((values) => ({ metric: {}, values }));
    return { status: 'success', data: { resultType: 'matrix', result } };
  }

  it('has a reading for each instant, no data where there is no point', () => {
    const body = matrix([point(0, '1'), point(2, 'NaN'), point(3, '4')]);
    expect(rangeReadings(answer(body), instants)).toEqual([
      { kind: 'value', value: 1 },
      { kind: 'no-data' },
      invalid('the value is NaN'),
      { kind: 'value', value: 4 },
    ]);
  });

  it('is invalid only at the instants where two series meet', () => {
    const body = matrix([point(0, '1'), point(1, '1')], [point(1, '2'), point(2, '2')]);
    expect(rangeReadings(answer(body), instants)).toEqual([
      { kind: 'value', value: 1 },
      invalid('2 series where one is needed'),
      { kind: 'value', value: 2 },
      { kind: 'no-data' },
    ]);
  });

  it('off the grid is no data: a point belongs to its own instant', () => {
    const body = matrix([[(t0 + 7000) / 1000, '1']]);
    expect(rangeReadings(answer(body), instants).every(({ kind }) => kind === 'no-data')).toBe(true);
  });

  it.each([
    ['an error', { status: 'error', errorType: 'execution', error: 'boom' }, error('HTTP 200, execution: boom')],
    ['a vector', vector('1'), invalid('the answer is a vector, one number is needed')],
    ['a histogram', { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, histograms: [] }] } }, invalid('the answer is a histogram, one number is needed')],
    ['warnings', { ...matrix([point(0, '1')]), warnings: ['partial'] }, error('the answer may be partial: partial')],
  ])('with %s tells every instant so', (_, body, reading) => {
    expect(rangeReadings(answer(body), instants)).toEqual(instants.map(() => reading));
  }); // prettier-ignore
});
