import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { LOOPBACK, findOnPath, freePorts, spawnServer } from './processes.js';

export const PROMETHEUS_INSTALL = 'apt-get install --no-install-recommends prometheus';

export interface ScrapeTarget {
  /** The `job` label of its series. */
  readonly job: string;
  /** Where its metrics are, such as `http://127.0.0.1:9100/metrics`. */
  readonly url: string;
}

export interface PrometheusOptions {
  readonly targets: readonly ScrapeTarget[];
  /** Prometheus duration. Default `1s`. */
  readonly scrapeInterval?: string;
  /** For configuration, log and `data`, the database; what is in there already is served too. Made when not there. */
  readonly stateDir: string;
  /** Port of 127.0.0.1. Default: a free one. Give the same one to start it again for those who query it. */
  readonly port?: number;
  /** Files of rules. */
  readonly rules?: readonly string[];
  /** The Alertmanager that is told of what fires: `http://127.0.0.1:9093`. */
  readonly alertmanager?: string;
  /** Default: the environment of this process; its PATH is searched. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets the reason when there is no Prometheus. Default: stderr. */
  readonly log?: (line: string) => void;
}

export interface PrometheusServer {
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process has ended, wanted or not. */
  readonly exited: Promise<unknown>;
  /** Stops it and resolves when it is gone. The database stays. */
  stop(): Promise<void>;
}

/**
 * Starts Prometheus on loopback, scraping the targets.
 *
 * @returns undefined, with the reason sent to `log`, where there is no `prometheus` on the PATH
 * @throws PhasegateError (PG409) with the end of its log when it does not start
 */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer | undefined> {
  const command = findOnPath('prometheus', options.env);
  if (command === undefined) {
    const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
    log(`no Prometheus: there is no \`prometheus\` on the PATH (${PROMETHEUS_INSTALL})`);
    return undefined;
  }
  const stateDir = path.resolve(options.stateDir);
  const port = options.port ?? (await freePorts(1))[0]!;
  const configFile = path.join(stateDir, 'prometheus.yml');
  await mkdir(stateDir, { recursive: true });
  await writeFile(configFile, prometheusConfig(options));
  const url = `http://${LOOPBACK}:${port}`;
  const server = await spawnServer({
    name: 'Prometheus',
    command,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${path.join(stateDir, 'data')}`,
      `--web.listen-address=${LOOPBACK}:${port}`,
      '--log.level=warn',
    ],
    logFile: path.join(stateDir, 'prometheus.log'),
    ready: { url: `${url}/-/ready` },
    ...(options.env && { env: options.env }),
  });
  return { url, pid: server.pid, logFile: server.logFile, exited: server.exited, stop: () => server.stop() };
}

/** The configuration file (YAML) of Prometheus. */
export function prometheusConfig({
  targets,
  scrapeInterval = '1s',
  rules = [],
  alertmanager,
}: Pick<PrometheusOptions, 'targets' | 'scrapeInterval' | 'rules' | 'alertmanager'>): string {
  return stringify({
    // A scrape may not take longer than the interval, and the default of 10 s would be refused.
    global: { scrape_interval: scrapeInterval, scrape_timeout: scrapeInterval, evaluation_interval: scrapeInterval },
    ...(rules.length > 0 && { rule_files: rules }),
    ...(alertmanager !== undefined && {
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }] },
    }),
    scrape_configs: targets.map((target) => {
      const { protocol, host, pathname, searchParams } = new URL(target.url);
      return {
        job_name: target.job,
        scheme: protocol.slice(0, -1),
        metrics_path: pathname,
        params: Object.fromEntries([...searchParams.keys()].map((key) => [key, searchParams.getAll(key)])),
        static_configs: [{ targets: [host] }],
      };
    }),
  });
}
