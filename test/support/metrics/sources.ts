import { createSecrets } from '../../../src/activities/secrets.js';
import { readersOf } from '../../../src/activities/metrics/index.js';
import type { MetricReader } from '../../../src/activities/metrics/index.js';
import type { Environment, MetricBinding, MetricSource } from '../../../src/plan/model.js';
import { span } from './windows.js';

export function metricSource(
  url: string,
  bindings: Record<string, MetricBinding>,
  change: Partial<MetricSource> = {}
): MetricSource {
  return { provider: 'prometheus', url, lag: span(0), timeout: span(5000), headers: {}, bindings, ...change };
}

/** A real reader over the network. */
export function readerOf(source: MetricSource, env: Record<string, string> = {}): MetricReader {
  return readersOf({ fetch, secrets: createSecrets({ env, baseDir: '.' }) })(source);
}

export function environmentWith(metrics: MetricSource): Environment {
  return {
    id: 'test',
    kind: 'test',
    title: 'Test',
    timeZone: 'UTC',
    people: [],
    trust: 'identity',
    flags: { provider: 'flagd', file: 'flags.json' },
    metrics,
    deploy: {},
    services: {},
    httpAllow: [],
    commands: { cwd: '.', env: {}, allow: [] },
    notify: [],
  };
}
