import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { INNER_PORTS, dynamicConfig, serverConfig, uiConfig } from './built-config.js';
import { temporalCacheFolder } from './cache-folder.js';
import { reasonOf } from './server-errors.js';
import { findOnPath } from './find-on-path.js';
import { builtPath, goProgram } from './go-build.js';
import type { GoBuildOptions, GoProgram } from './go-build.js';
import { GO_NEEDED, tooOldGo } from './go-version.js';
import { innerPorts } from './inner-ports.js';
import { LOOPBACK, freePorts } from './ports.js';
import { spawnServer } from './process.js';
import type { ServerProcess } from './process.js';
import { prepareNamespace } from './prepare-namespace.js';
import { serving } from './serving.js';
import type { StartedUi } from './serving.js';
import { ServerOrigin } from './start-context.js';
import type { Attempt, ServerSource, StartContext } from './start-context.js';

const SERVER: GoProgram = {
  title: 'Temporal server',
  folder: 'server-v1.32.0',
  package: 'go.temporal.io/server/cmd/server@v1.32.0',
  binary: 'server',
  takes: 'about 6 minutes',
};

const UI: GoProgram = {
  title: 'Temporal UI',
  folder: 'ui-v2.54.1',
  package: 'github.com/temporalio/ui-server/v2/cmd/server@v2.54.1',
  binary: 'server',
  takes: 'about a minute',
};

const START_ATTEMPTS = 3;

/** Long enough for a database whose remembered members have to be forgotten first. */
const READY_TIMEOUT_MS = 60_000;

interface StartedServer {
  readonly process: ServerProcess;
  readonly address: string;
}

/** The official server, and the UI when it is wanted, built with Go into the user's cache. */
export const builtServer: ServerSource = {
  title: 'the official server, built with Go',
  isAtHand: (context) =>
    programsFor(context).every((program) => existsSync(builtPath(program, temporalCacheFolder(context.env)))),
  start,
};

function programsFor(context: StartContext): GoProgram[] {
  return context.ui ? [SERVER, UI] : [SERVER];
}

async function start(context: StartContext): Promise<Attempt> {
  const { env, log, signal } = context;
  const go = findOnPath('go', env);
  if (!builtServer.isAtHand(context)) {
    const reason = go === undefined ? 'there is no `go` on the PATH' : await tooOldGo(go, env);
    if (reason !== undefined) {
      return { reason, remedy: `Install ${GO_NEEDED} or newer.` };
    }
  }
  const build: GoBuildOptions = {
    go: go ?? 'go',
    cacheFolder: temporalCacheFolder(env),
    env,
    log,
    ...(signal ? { signal } : {}),
  };
  const serverBinary = await goProgram(SERVER, build);
  signal?.throwIfAborted();
  const uiBinary = context.ui ? await goProgram(UI, build) : undefined;

  const server = await startServer(serverBinary, context);
  try {
    const ui = uiBinary === undefined ? undefined : await startUi(uiBinary, server.address, context);
    return { server: serving(context, ServerOrigin.built, server.address, server.process, ui) };
  } catch (error) {
    await server.process.stop();
    throw error;
  }
}

async function startServer(binary: string, context: StartContext, attempt = 1): Promise<StartedServer> {
  const { settings, namespace, dbFile, stateDir, env } = context;
  const inner = await innerPorts(INNER_PORTS, dbFile);
  const port = context.port ?? (await freePorts(1))[0]!;
  const address = `${LOOPBACK}:${port}`;
  const dynamicConfigFile = path.join(stateDir, 'temporal-dynamic-config.yaml');
  const configFile = path.join(stateDir, 'temporal-server.yaml');
  await writeFile(dynamicConfigFile, dynamicConfig(settings));
  await writeFile(configFile, serverConfig({ settings, port, innerPorts: inner, dbFile, dynamicConfigFile }));
  try {
    const process = await spawnServer({
      name: 'The Temporal server',
      command: binary,
      args: ['--config-file', configFile, '--allow-no-auth', 'start'],
      env: { ...env, TEMPORAL_VERSION_CHECK_DISABLED: '1' },
      logFile: path.join(stateDir, 'temporal-server.log'),
      ready: { probe: () => prepareNamespace(address, namespace, settings).then(() => true) },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    return { process, address };
  } catch (error) {
    // Between finding free ports and using them, any connection of this machine may get one of them.
    if (attempt < START_ATTEMPTS && /address already in use/.test(reasonOf(error))) {
      return startServer(binary, context, attempt + 1);
    }
    throw error;
  }
}

async function startUi(binary: string, address: string, context: StartContext): Promise<StartedUi> {
  const port = context.uiPort ?? (await freePorts(1))[0]!;
  // The UI server wants a root folder with a `config` folder that has a file named after its environment.
  const configFolder = path.join(context.stateDir, 'temporal-ui');
  await mkdir(configFolder, { recursive: true });
  await writeFile(path.join(configFolder, 'development.yaml'), uiConfig(address, port, context.namespace));
  const url = `http://${LOOPBACK}:${port}`;
  const process = await spawnServer({
    name: 'The Temporal UI',
    command: binary,
    args: ['--root', context.stateDir, '--config', 'temporal-ui', '--env', 'development', 'start'],
    env: context.env,
    logFile: path.join(context.stateDir, 'temporal-ui.log'),
    ready: { url },
  });
  return { url, process };
}
