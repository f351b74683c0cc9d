import { resolve } from 'node:path';
import { commandPath, findProgram } from '../activities/commands/program.js';
import { createLimiter } from '../activities/metrics/limiter.js';
import { createMetricReader } from '../activities/metrics/registry.js';
import { createSecrets } from '../activities/secrets.js';
import type { Reading } from '../plan/judge-types.js';
import type { Environment, MetricSource } from '../plan/model.js';

/** The process that looks, as a worker started in its place would: its variables, its folder. */
export interface ProbePlace {
  env: NodeJS.ProcessEnv;
  workdir: string;
}

/** A program that the environment runs, what for, and where it is or why it cannot be run here. */
export interface ProbedProgram {
  name: string;
  uses: string[];
  found: ReturnType<typeof findProgram>;
}

const probed = 'probe';
/** In no metrics page: the page is asked for and read, and what is on it does not matter. */
const noSample = 'phasegate_probe';

/**
 * Asks the metrics source as a worker here would: Prometheus for the instant query `1`, an endpoint for its page.
 *
 * @returns why it cannot be used, in words; undefined when it can
 */
export async function probeMetrics(source: MetricSource, place: ProbePlace, now: number): Promise<string | undefined> {
  const secrets = createSecrets({ env: place.env, baseDir: place.workdir });
  const asked: MetricSource = { ...source, bindings: { [probed]: { promql: '1', sample: noSample } } };
  const reader = createMetricReader(asked, { fetch, secrets, limiter: createLimiter(1) });
  const { [probed]: reading } = await reader.at([probed], now, {});
  return reading && problemOf(reading, source.provider);
}

function problemOf(reading: Reading, provider: MetricSource['provider']): string | undefined {
  switch (reading.kind) {
    case 'value':
      return undefined;
    case 'no-data':
      return provider === 'endpoint' ? undefined : 'it has no answer to the query 1';
    case 'invalid':
    case 'error':
      return reading.reason;
  }
}

/** Looks for every program of the deploy targets, where a worker here would look. */
export function probePrograms({ deploy, commands }: Environment, { env, workdir }: ProbePlace): ProbedProgram[] {
  const uses = new Map<string, string[]>();
  for (const [target, { read, apply, undo }] of Object.entries(deploy)) {
    for (const [what, [name]] of Object.entries({ read, apply, undo })) {
      if (name !== undefined) uses.set(name, [...(uses.get(name) ?? []), `${what} ${target}`]);
    }
  }
  const cwd = resolve(workdir, commands.cwd);
  return [...uses].map(([name, of]) => ({ name, uses: of, found: findProgram(name, cwd, commandPath(env)) }));
}
