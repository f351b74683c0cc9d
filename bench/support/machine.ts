import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findOnPath } from '../../src/client/dev-server/index.js';

/** Where and with what was measured. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  node: string;
  temporalSdk: string;
  prometheus: string;
  revision: string;
  /** Load of the last minute as the benchmark began: above 0.5 somebody else was at work too. */
  loadBefore: number;
}

export const root = fileURLToPath(new URL('../../../', import.meta.url));

export function machine(): Machine {
  const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { dependencies: Record<string, string> };
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    temporalSdk: manifest.dependencies['@temporalio/worker'] ?? 'unknown',
    prometheus: prometheusVersion(),
    revision: firstLine('git', ['-C', root, 'rev-parse', '--short', 'HEAD']),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

export function machineLine({
  cpu,
  cores,
  memoryGb,
  node,
  temporalSdk,
  prometheus,
  revision,
  loadBefore,
}: Machine): string {
  return `${cores} cores (${cpu}), ${memoryGb} GB, Node ${node}, Temporal SDK ${temporalSdk}, Prometheus ${prometheus}, revision ${revision}, load before ${loadBefore}`;
}

function prometheusVersion(): string {
  const command = findOnPath('prometheus');
  if (command === undefined) return 'not installed';
  return /version (\S+)/.exec(firstLine(command, ['--version']))?.[1] ?? 'unknown';
}

function firstLine(command: string, args: readonly string[]): string {
  try {
    const text = execFileSync(command, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return text.split('\n')[0]?.trim() ?? '';
  } catch {
    // An archive without git, or a Prometheus that does not start: the figures stand without it.
    return 'unknown';
  }
}
