import type { MetricSource } from '../../plan/model.js';
import { messageOf } from '../fail.js';
import type { Secrets } from '../secrets.js';
import { createEndpointReader } from './endpoint/endpoint-reader.js';
import { createPrometheusReader } from './prometheus/prometheus-reader.js';
import type { MetricReader } from './reader.js';
import { askSource } from './request.js';
import type { RequestTools, SourceAnswer, SourceRequest } from './request.js';

export interface ReaderTools extends RequestTools {
  secrets: Pick<Secrets, 'resolve' | 'scrub'>;
}

/** Makes the reader of a source; secret references in its headers are resolved anew for each request. */
export function createMetricReader(source: MetricSource, tools: ReaderTools): MetricReader {
  const ask = async (
    request: Pick<SourceRequest, 'method' | 'url' | 'body'>,
    headers: Record<string, string>,
    signal?: AbortSignal
  ): Promise<SourceAnswer> => {
    let resolved: Record<string, string>;
    try {
      resolved = resolveHeaders(source.headers, tools.secrets);
    } catch (error) {
      // A source that cannot be asked is a HOLD that people can mend, not a failure of the run.
      return { ok: false, reason: messageOf(error) };
    }
    const timeoutMs = source.timeout.ms;
    const answer = await askSource(tools, { ...request, headers: { ...headers, ...resolved }, timeoutMs, signal });
    return answer.ok ? answer : { ...answer, reason: tools.secrets.scrub(answer.reason) };
  };

  switch (source.provider) {
    case 'prometheus': {
      const base = source.url.replace(/\/+$/, '');
      const form = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
      return createPrometheusReader(source, async (path, parameters, signal) => {
        const timeout = `${Math.max(1, Math.ceil(source.timeout.ms))}ms`;
        const body = new URLSearchParams({ ...parameters, timeout }).toString();
        const answer = await ask({ method: 'POST', url: `${base}/api/v1/${path}`, body }, form, signal);
        // What the source says of a refused request may quote it.
        return answer.ok && answer.status !== 200 ? { ...answer, text: tools.secrets.scrub(answer.text) } : answer;
      });
    }
    case 'endpoint': {
      const accept = { accept: 'text/plain;version=0.0.4' };
      return createEndpointReader(source, (signal) => ask({ method: 'GET', url: source.url }, accept, signal));
    }
  }
}

function resolveHeaders(headers: Record<string, string>, secrets: Pick<Secrets, 'resolve'>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, secrets.resolve(value)]));
}
