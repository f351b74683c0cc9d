import { stringify } from 'yaml';
import { LOOPBACK } from './ports.js';
import type { TemporalSettings } from './settings.js';

/** The services of a Temporal server; each needs a gRPC and a membership port. */
const SERVICES = ['frontend', 'history', 'matching', 'worker'] as const;

/** How many ports besides the frontend's own {@link serverConfig} needs. */
export const INNER_PORTS = SERVICES.length * 2;

export interface ServerConfigInput {
  readonly settings: TemporalSettings;
  /** The frontend's gRPC port. */
  readonly port: number;
  /** {@link INNER_PORTS} free ports. */
  readonly innerPorts: readonly number[];
  /** SQLite file; in memory without one. */
  readonly dbFile: string | undefined;
  /** The file that {@link dynamicConfig} was written to. */
  readonly dynamicConfigFile: string;
}

/** The configuration file (YAML) of a one-process Temporal server on SQLite, bound to loopback. */
export function serverConfig(input: ServerConfigInput): string {
  const { settings, port, innerPorts, dbFile } = input;
  const [httpPort, ...others] = innerPorts;
  const grpcPorts = [port, ...others.slice(0, SERVICES.length - 1)];
  const membershipPorts = others.slice(SERVICES.length - 1);
  const services = SERVICES.map((name, index) => [
    name,
    {
      rpc: {
        bindOnIP: LOOPBACK,
        grpcPort: grpcPorts[index],
        membershipPort: membershipPorts[index],
        ...(name === 'frontend' && { httpPort }),
      },
    },
  ]);
  return stringify({
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'sqlite',
      visibilityStore: 'sqlite',
      numHistoryShards: settings.historyShards,
      datastores: { sqlite: { sql: sqlite(dbFile) } },
    },
    global: { membership: { maxJoinDuration: '10s', broadcastAddress: LOOPBACK } },
    services: Object.fromEntries(services),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${LOOPBACK}:${port}`,
          httpAddress: `${LOOPBACK}:${httpPort}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: input.dynamicConfigFile, pollInterval: '60s' },
  });
}

/** The server's dynamic configuration file (YAML). */
export function dynamicConfig(settings: TemporalSettings): string {
  return stringify(
    Object.fromEntries(Object.entries(settings.dynamicConfig).map(([key, value]) => [key, [{ value }]]))
  );
}

/** The UI server's configuration file (YAML): it asks nobody but the server at `address`. */
export function uiConfig(address: string, uiPort: number, namespace: string): string {
  return stringify({
    temporalGrpcAddress: address,
    host: LOOPBACK,
    port: uiPort,
    enableUi: true,
    defaultNamespace: namespace,
    disableNewsFetch: true,
    cors: { allowOrigins: [`http://${LOOPBACK}:${uiPort}`], cookieInsecure: true },
  });
}

function sqlite(dbFile: string | undefined) {
  return {
    pluginName: 'sqlite',
    databaseName: dbFile ?? 'phasegate',
    connectAddr: 'localhost',
    connectProtocol: 'tcp',
    connectAttributes:
      dbFile === undefined
        ? { mode: 'memory', cache: 'private' }
        : { mode: 'rwc', setup: 'true', journal_mode: 'WAL', synchronous: '2' },
    // SQLite has one writer; more connections would only meet its lock.
    maxConns: 1,
    maxIdleConns: 1,
  };
}
