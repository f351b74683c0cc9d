import type { Environment } from '../../plan/model.js';
import { probeMetrics, type ProbePlace } from '../../worker/probe.js';
import { ok, warn, type Finding } from './finding.js';

/**
 * Whether the metrics source answers a question from here. A worker inside a production network may reach what this
 * machine does not, so that no answer is a warning.
 */
export async function examineMetrics({ metrics }: Environment, place: ProbePlace, now: number): Promise<Finding> {
  const problem = await probeMetrics(metrics, place, now);
  const what = metrics.provider === 'prometheus' ? 'Prometheus' : 'metrics endpoint';
  if (problem === undefined) return ok(what, `${metrics.url} answers`);
  const look =
    metrics.provider === 'prometheus'
      ? `curl '${metrics.url.replace(/\/+$/, '')}/api/v1/query?query=1'`
      : `curl '${metrics.url}'`;
  return warn(
    what,
    `${metrics.url} could not be read from this machine: ${problem}`,
    `Every window would be on hold: it must answer on the worker's machine. Try there: ${look}`
  );
}
