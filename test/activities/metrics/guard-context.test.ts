import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { withContext } from '../../../src/activities/metrics/guard/context.js';
import type { MetricNews } from '../../../src/plan/guard/state.js';
import { metricSource, readerOf } from '../../support/metrics/sources.js';
import { stubSource } from '../../support/metrics/stub-source.js';
import { t0 } from '../../support/metrics/windows.js';

const news: MetricNews = {
  kind: 'metric',
  metric: 'errors',
  from: 'ok',
  to: 'critical',
  value: 9,
  at: t0,
  reason: 'too many',
};

it('asks for many facts at once, and Node sees no leak in it', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): number => warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const stub = await stubSource(({ form }) => {
    const result = [{ metric: {}, value: [Number(form.get('time')), '7'] }];
    return { body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }) };
  });
  const names = Array.from({ length: 30 }, (_, index) => `fact_${index}`);
  const context = Object.fromEntries(names.map((name) => [name, name]));
  const source = metricSource(stub.url, { errors: { promql: 'errors', context } });
  const asking = new AbortController();
  const found = await withContext({ readerOf }, source, news, { signal: asking.signal });
  expect(found).toMatchObject({ context: Object.fromEntries(names.map((name) => [name, '7'])) });
  // A warning comes with the next turn of the event loop.
  await setImmediate();
  expect(warnings).toEqual([]);
});
