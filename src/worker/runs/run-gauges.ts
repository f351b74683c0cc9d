import { Gauge, type Registry } from 'prom-client';
import { runMetrics, type RunMetric } from '../../plan/run-metrics.js';
import type { Sample } from './samples.js';

/** The gauges of the runs. What is told replaces everything that was told before: nothing old stays. */
export function runGauges(registry: Registry): (samples: readonly Sample[]) => void {
  const gauges = new Map<RunMetric, Gauge>();
  for (const [name, { help, labels }] of Object.entries(runMetrics)) {
    gauges.set(name as RunMetric, new Gauge({ name, help, labelNames: [...labels], registers: [registry] }));
  }
  return (samples) => {
    for (const gauge of gauges.values()) gauge.reset();
    for (const { name, labels, value } of samples) gauges.get(name)?.set(labels, value);
  };
}
