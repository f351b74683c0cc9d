import { describe, expect, it } from 'vitest';
import { metricSource, readerOf } from '../../support/metrics/sources.js';
import { stubSource } from '../../support/metrics/stub-source.js';
import type { StubAnswer, StubSource } from '../../support/metrics/stub-source.js';
import type { MetricReader } from '../../../src/activities/metrics/index.js';
import { t0 } from '../../support/metrics/windows.js';

const bindings = { rate: { sample: 'success_rate' }, memory: { sample: 'memory_bytes' }, promql: { promql: 'x' } };

async function endpoint(answer: StubAnswer): Promise<{ reader: MetricReader; stub: StubSource }> {
  const stub = await stubSource(() => answer);
  return { reader: readerOf(metricSource(`${stub.url}/metrics`, bindings, { provider: 'endpoint' })), stub };
}

describe('the endpoint reader', () => {
  it('reads all metrics from one page', async () => {
    const { reader, stub } = await endpoint({ body: 'success_rate 0.99\nmemory_bytes{a="b"} 1e6\n' });
    expect(await reader.at(['rate', 'memory'], t0, {})).toEqual({
      rate: { kind: 'value', value: 0.99 },
      memory: { kind: 'value', value: 1_000_000 },
    });
    expect(stub.requests).toMatchObject([
      { method: 'GET', path: '/metrics', headers: { accept: 'text/plain;version=0.0.4' } },
    ]);
  });

  it.each([
    ['no such sample', 'other 1', { kind: 'no-data' }],
    ['several series', 'success_rate{a="1"} 1\nsuccess_rate{a="2"} 1', { kind: 'invalid', reason: '2 series of success_rate where one is needed' }],
    ['the same series twice', 'success_rate 1\nsuccess_rate 1', { kind: 'invalid', reason: '2 series of success_rate where one is needed' }],
    ['NaN', 'success_rate NaN', { kind: 'invalid', reason: 'the value is NaN' }],
    ['an infinite value', 'success_rate +Inf', { kind: 'invalid', reason: 'the value is +Inf' }],
    ['a sample of some other time', 'success_rate 1 1395066363000', { kind: 'invalid', reason: 'success_rate has a time of its own: read it through Prometheus' }],
    ['garbage anywhere on the page', 'success_rate 1\n<html>', { kind: 'error', reason: 'line 2 is not a sample: "<html>"' }],
  ])('with %s has no value', async (_, body, reading) => {
    const { reader } = await endpoint({ body });
    expect(await reader.at(['rate'], t0, {})).toEqual({ rate: reading });
  }); // prettier-ignore

  it('takes any status but 200 for an error', async () => {
    const { reader } = await endpoint({ status: 503, body: 'success_rate 1' });
    expect(await reader.at(['rate'], t0, {})).toEqual({ rate: { kind: 'error', reason: 'HTTP 503' } });
  });

  it('says which metric the environment does not bind', async () => {
    const { reader } = await endpoint({ body: '' });
    expect(await reader.at(['promql'], t0, {})).toEqual({
      promql: { kind: 'error', reason: 'promql has no "sample" under metrics.bindings of the environment' },
    });
  });

  it('has no memory: what was missed is no data, and nothing is asked', async () => {
    const { reader, stub } = await endpoint({ body: 'success_rate 1' });
    expect(await reader.range(['rate'], [t0, t0 + 1], {})).toEqual([
      { rate: { kind: 'no-data' } },
      { rate: { kind: 'no-data' } },
    ]);
    expect(stub.requests).toHaveLength(0);
  });
});
