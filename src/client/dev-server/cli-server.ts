import path from 'node:path';
import { LOOPBACK, freePorts } from './ports.js';
import { prepareNamespace } from './prepare-namespace.js';
import { spawnServer } from './process.js';
import { serving } from './serving.js';
import type { ServerOrigin, StartContext, TemporalServer } from './start-context.js';

/**
 * Starts `temporal server start-dev` with the settings as flags.
 *
 * Retention has no flag, and a database file that exists may lack search attributes: both are seen to over gRPC.
 *
 * @param command - path of the `temporal` command
 * @throws PhasegateError (PG409) with the end of the log when it does not serve
 */
export async function startCliServer(
  command: string,
  how: ServerOrigin,
  context: StartContext
): Promise<TemporalServer> {
  const { namespace, settings, stateDir, ui } = context;
  const [freePort, freeUiPort] = await freePorts(2);
  const port = context.port ?? freePort!;
  const uiPort = context.uiPort ?? freeUiPort!;
  const address = `${LOOPBACK}:${port}`;
  const server = await spawnServer({
    name: 'The Temporal server',
    command,
    args: startDevArguments(context, port, uiPort),
    env: context.env,
    logFile: path.join(stateDir, 'temporal-server.log'),
    ready: { probe: () => prepareNamespace(address, namespace, settings).then(() => true) },
  });
  return serving(context, how, address, server, ui ? { url: `http://${LOOPBACK}:${uiPort}` } : undefined);
}

function startDevArguments(context: StartContext, port: number, uiPort: number): string[] {
  const { settings, namespace, dbFile, ui } = context;
  const flag = (name: string, value: string | number) => [`--${name}`, String(value)];
  return [
    'server',
    'start-dev',
    ...flag('ip', LOOPBACK),
    ...flag('port', port),
    ...(ui ? flag('ui-port', uiPort) : ['--headless']),
    ...flag('namespace', namespace),
    ...flag('log-level', 'warn'),
    ...(dbFile === undefined ? [] : flag('db-filename', dbFile)),
    ...Object.entries(settings.searchAttributes).flatMap(([name, type]) => flag('search-attribute', `${name}=${type}`)),
    ...Object.entries(settings.dynamicConfig).flatMap(([key, value]) =>
      // The command reads the value as JSON.
      flag('dynamic-config-value', `${key}=${JSON.stringify(value)}`)
    ),
  ];
}
