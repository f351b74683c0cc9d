import { describe, expect, it } from 'vitest';
import { metricSource, readerOf } from '../../support/metrics/sources.js';
import { stubSource } from '../../support/metrics/stub-source.js';
import type { StubRequest, StubSource } from '../../support/metrics/stub-source.js';
import { second, span, t0 } from '../../support/metrics/windows.js';

/** Answers 1 for every instant asked for. */
function answerOnes({ path, form }: StubRequest): { body: string } {
  const number = (name: string): number => Number(form.get(name));
  if (path.endsWith('/query')) return json('vector', [{ metric: {}, value: [number('time'), '1'] }]);
  const values: [number, string][] = [];
  for (let at = number('start'); at <= number('end'); at += number('step')) values.push([at, '1']);
  return json('matrix', [{ metric: {}, values }]);
}

function json(resultType: string, result: unknown): { body: string } {
  return { body: JSON.stringify({ status: 'success', data: { resultType, result } }) };
}

function asked({ requests }: StubSource): Array<Record<string, string>> {
  return requests.map(({ path, form }) => ({ path, ...Object.fromEntries(form) }));
}

const one = { kind: 'value', value: 1 };

describe('the Prometheus reader', () => {
  it('asks for the instant itself, to the millisecond, and never for now', async () => {
    const stub = await stubSource(answerOnes);
    const reader = readerOf(metricSource(`${stub.url}/prefix/`, { up: { promql: 'sum(up)' } }));
    expect(await reader.at(['up'], t0 + 7, {})).toEqual({ up: one });
    expect(asked(stub)).toEqual([
      { path: '/prefix/api/v1/query', query: 'sum(up)', time: `${t0 / 1000}.007`, timeout: '5000ms' },
    ]);
    expect(stub.requests[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  });

  it('tells the source how far it may look back while the change is young', async () => {
    const stub = await stubSource(answerOnes);
    const reader = readerOf(metricSource(stub.url, { up: { promql: 'sum(up)' } }));
    await reader.at(['up'], t0 + 40 * second, { changedAt: t0 });
    expect(asked(stub)[0]).toMatchObject({ lookback_delta: '40s' });
  });

  it('has no data before the change is a second old, without asking', async () => {
    const stub = await stubSource(answerOnes);
    const reader = readerOf(metricSource(stub.url, { up: { promql: 'up' } }));
    expect(await reader.at(['up'], t0, { changedAt: t0 })).toEqual({ up: { kind: 'no-data' } });
    expect(await reader.range(['up'], [t0, t0 + 1, t0 + 2], { changedAt: t0 })).toHaveLength(3);
    expect(stub.requests).toHaveLength(0);
  });

  it('asks for missed instants in one range query on their exact grid', async () => {
    const stub = await stubSource(answerOnes);
    const reader = readerOf(
      metricSource(stub.url, { a: { promql: 'sum(a)' }, b: { promql: 'rate(b[{{range}}])', range: span(60_000) } })
    );
    const instants = Array.from({ length: 10 }, (_, k) => t0 + k * 15 * second + 250);
    const rows = await reader.range(['a', 'b'], instants, {});
    expect(rows).toEqual(instants.map(() => ({ a: one, b: one })));
    const grid = { start: `${t0 / 1000}.250`, end: `${t0 / 1000 + 135}.250`, step: '15.000', timeout: '5000ms' };
    expect(asked(stub)).toEqual(
      expect.arrayContaining([
        { path: '/api/v1/query_range', query: 'sum(a)', ...grid },
        { path: '/api/v1/query_range', query: 'rate(b[60s])', ...grid },
      ])
    );
    expect(stub.requests).toHaveLength(2);
  });

  it('asks one by one where each instant has a query of its own', async () => {
    const stub = await stubSource(answerOnes);
    const reader = readerOf(metricSource(stub.url, { a: { promql: 'increase(a[{{elapsed}}])' } }));
    const instants = [310, 325, 340, 355].map((seconds) => t0 + seconds * second);
    expect(await reader.range(['a'], instants, { changedAt: t0 })).toEqual(instants.map(() => ({ a: one })));
    expect(new Set(asked(stub).map(({ query }) => query))).toEqual(
      new Set([310, 325, 340, 355].map((n) => `increase(a[${n}s])`))
    );
  });

  it('mixes both when the range is clipped at first', async () => {
    const stub = await stubSource(answerOnes);
    const reader = readerOf(metricSource(stub.url, { a: { promql: 'rate(a[{{range}}])', range: span(330 * second) } }));
    const instants = [310, 325, 340, 355, 370].map((seconds) => t0 + seconds * second);
    expect(await reader.range(['a'], instants, { changedAt: t0 })).toEqual(instants.map(() => ({ a: one })));
    expect(
      asked(stub)
        .map(({ path, query }) => `${path} ${query}`)
        .toSorted()
    ).toEqual(['/api/v1/query rate(a[310s])', '/api/v1/query rate(a[325s])', '/api/v1/query_range rate(a[330s])']);
  });

  it('keeps the metrics of one instant apart: one that fails spoils no other', async () => {
    const stub = await stubSource((request) =>
      request.form.get('query') === 'sum(bad)' ? { status: 500, body: '' } : answerOnes(request)
    );
    const reader = readerOf(
      metricSource(stub.url, { good: { promql: 'sum(good)' }, bad: { promql: 'sum(bad)' }, none: {} })
    );
    expect(await reader.at(['good', 'bad', 'none', 'toString'], t0, {})).toEqual({
      good: one,
      bad: { kind: 'error', reason: 'HTTP 500' },
      none: { kind: 'error', reason: 'none has no "promql" under metrics.bindings of the environment' },
      toString: { kind: 'error', reason: 'toString has no "promql" under metrics.bindings of the environment' },
    });
  });

  it('asks no more than 24 questions at once', async () => {
    let open = 0;
    let most = 0;
    const stub = await stubSource(async (request) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return answerOnes(request);
    });
    const names = Array.from({ length: 100 }, (_, index) => `m${index}`);
    const bindings = Object.fromEntries(names.map((name) => [name, { promql: `sum(${name})` }]));
    const row = await readerOf(metricSource(stub.url, bindings)).at(names, t0, {});
    expect(Object.values(row).every(({ kind }) => kind === 'value')).toBe(true);
    expect(most).toBeLessThanOrEqual(24);
    expect(stub.requests).toHaveLength(100);
  });
});

describe('secrets in the headers of a source', () => {
  const headers = { authorization: 'Bearer ${env:TOKEN}' };

  it('are resolved for each request and never leave in a reading', async () => {
    const stub = await stubSource(({ headers: sent }) => ({
      status: 401,
      body: JSON.stringify({
        status: 'error',
        errorType: 'unauthorized',
        error: `no such token: ${sent.authorization}`,
      }),
    }));
    const reader = readerOf(metricSource(stub.url, { up: { promql: 'sum(up)' } }, { headers }), {
      TOKEN: 'canary-4711',
    });
    const readings = await reader.at(['up'], t0, {});
    expect(stub.requests[0]?.headers.authorization).toBe('Bearer canary-4711');
    expect(readings['up']).toMatchObject({
      kind: 'error',
      reason: expect.stringContaining('HTTP 401, unauthorized') as string,
    });
    expect(JSON.stringify(readings)).not.toContain('canary');
  });

  it('that are missing make an error that names the reference, and nothing is asked', async () => {
    const stub = await stubSource(answerOnes);
    const reader = readerOf(metricSource(stub.url, { up: { promql: 'sum(up)' } }, { headers }));
    expect(await reader.at(['up'], t0, {})).toMatchObject({
      up: { kind: 'error', reason: expect.stringContaining('environment variable TOKEN') as string },
    });
    expect(stub.requests).toHaveLength(0);
  });
});
