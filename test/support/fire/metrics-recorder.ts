import type { ServerResponse } from 'node:http';
import { serve, type SeenRequest } from '../activities/http-server.js';
import type { Answer } from './model/account.js';

/** Stands in front of a real Prometheus: hands every question on and every answer back, and writes both down. */
export interface MetricsRecorder {
  url: string;
  answers(): Answer[];
  close(): Promise<void>;
}

export async function recordMetrics(prometheus: string): Promise<MetricsRecorder> {
  const answers: Answer[] = [];
  const forward = async ({ method, path, headers, body }: SeenRequest, response: ServerResponse): Promise<void> => {
    const type = headers['content-type'];
    const asked = await fetch(`${prometheus}${path}`, {
      method,
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
      ...(method === 'GET' ? {} : { body }),
    });
    const text = await asked.text();
    const { pathname, searchParams } = new URL(path, prometheus);
    const form = method === 'GET' ? searchParams : new URLSearchParams(body);
    // Before the answer is given away: what somebody knows, stands here too.
    answers.push(...answersIn(pathname, form, text));
    response.writeHead(asked.status, { 'content-type': asked.headers.get('content-type') ?? '' }).end(text);
  };
  const server = await serve((request, response) => {
    forward(request, response).catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  return {
    url: server.url,
    answers: () => [...answers],
    close: async () => server[Symbol.asyncDispose](),
  };
}

type Point = [seconds: number, value: string];
interface PrometheusAnswer {
  data?: { result?: Array<{ value?: Point; values?: Point[] }> };
}

/** One answer for each instant that was asked for; without a value where there is not exactly one. */
function answersIn(path: string, form: URLSearchParams, text: string): Answer[] {
  const query = form.get('query') ?? '';
  const { data } = JSON.parse(text) as PrometheusAnswer;
  const points = (data?.result ?? []).flatMap(({ value, values }) => (value ? [value] : (values ?? [])));
  return instantsOf(path, form).map((at) => {
    const [point, ...more] = points.filter(([seconds]) => Math.round(seconds * 1000) === at);
    return { query, at, ...(point && more.length === 0 ? { value: Number(point[1]) } : {}) };
  });
}

function instantsOf(path: string, form: URLSearchParams): number[] {
  const ms = (name: string): number => Math.round(Number(form.get(name)) * 1000);
  if (path.endsWith('/query')) return [ms('time')];
  const [start, end, step] = [ms('start'), ms('end'), ms('step')];
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
}
