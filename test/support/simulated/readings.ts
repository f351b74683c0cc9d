import { createHash } from 'node:crypto';
import type { Metric, Plan, Unit } from '../../../src/plan/model.js';
import type { Series } from '../metrics/fake-reader.js';

/** A healthy platform: what a metric of each kind has, and the metrics that are healthy only elsewhere. */
const usual: Record<Unit, number> = { ratio: 0.997, seconds: 0.05, bytes: 4 * 2 ** 20, count: 0 };
const good: Record<string, number> = {
  error_rate: 0.002,
  context_validation_failures: 0.002,
  database_connection_pool_usage: 0.4,
};
const requestsPerSecond = 5;

/** A series of each metric of a plan that satisfies all its criteria; the values wander a little, the same ones each time. */
export function healthySeries({ metrics }: Plan): Record<string, Series> {
  return Object.fromEntries(Object.values(metrics).map((metric) => [metric.name, healthy(metric)]));
}

function healthy({ name, unit }: Metric): Series {
  if (name === 'chat_requests') return (instant) => Math.floor((instant / 1000) * requestsPerSecond);
  const value = good[name] ?? usual[unit];
  return (instant) => value * (1 + 0.002 * (noise(`${name} ${instant}`) - 0.5));
}

/** From 0 to 1, the same for the same text. */
export function noise(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}
