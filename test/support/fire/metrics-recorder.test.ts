import { expect, it } from 'vitest';
import { serve } from '../activities/http-server.js';
import { recordMetrics } from './metrics-recorder.js';

it('hands questions and answers on as they are, and has an answer for each instant that was asked for', async () => {
  const series = [
    [1.5, '1'],
    [3.5, 'NaN'],
  ];
  await using source = await serve(({ path }, response) => {
    const result = path.startsWith('/api/v1/query_range') ? [{ values: series }] : [{ value: [7.25, '0.5'] }];
    response.end(JSON.stringify({ data: { result } }));
  });
  const recorder = await recordMetrics(source.url);
  const range = new URLSearchParams({ query: 'up', start: '1.5', end: '3.5', step: '1' });
  const answer = await fetch(`${recorder.url}/api/v1/query_range`, { method: 'POST', body: range });
  expect(await answer.json()).toEqual({ data: { result: [{ values: series }] } });
  await fetch(`${recorder.url}/api/v1/query?query=success&time=7.250`);
  await recorder.close();
  expect(source.seen.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
    { method: 'POST', path: '/api/v1/query_range', body: range.toString() },
    { method: 'GET', path: '/api/v1/query?query=success&time=7.250', body: '' },
  ]);
  expect(recorder.answers()).toEqual([
    { query: 'up', at: 1500, value: 1 },
    { query: 'up', at: 2500 },
    { query: 'up', at: 3500, value: Number.NaN },
    { query: 'success', at: 7250, value: 0.5 },
  ]);
});
