import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { builtServer } from './built-server.js';
import { cannotStart, reasonOf } from './server-errors.js';
import { downloadServer } from './download-server.js';
import { configuredServer, existingServer, vacantPort } from './existing-server.js';
import { pathServer } from './path-server.js';
import { requireFreePort } from './ports.js';
import { loadTemporalSettings } from './settings.js';
import type { TemporalSettings } from './settings.js';
import type { Attempt, ServerSource, StartContext, TemporalServer } from './start-context.js';

export interface StartTemporalOptions {
  /** For generated configuration and logs; made when it is not there. */
  readonly stateDir: string;
  /** gRPC port of 127.0.0.1. Default: what the settings say, which is a free one. */
  readonly port?: number;
  /** Port of the Web UI. Default: as for `port`. */
  readonly uiPort?: number;
  /** Whether to start the Web UI. Default true. */
  readonly ui?: boolean;
  /** SQLite file: started again on it, a server has the same runs. Default: what the settings say, else in memory. */
  readonly dbFile?: string;
  /** Default: what the settings say, which is `default`. */
  readonly namespace?: string;
  /** Default: the `temporal-dev.yaml` of this package. */
  readonly settingsFile?: string;
  /** Gets what is being done, and how long it takes. Default: stderr. */
  readonly log?: (line: string) => void;
  /** Where TEMPORAL_ADDRESS, TEMPORAL_PROFILE, PATH, XDG_CACHE_HOME are looked up. Default: those of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Starts a server of our own even when one is configured: a test must never meet somebody's real one. */
  readonly ignoreConfigured?: boolean;
  /** Gives up: a build is ended, what was started is stopped, and its reason is thrown. */
  readonly signal?: AbortSignal;
  /** The ways to start a server; those at hand are tried first. Default: PATH, download, Go. */
  readonly sources?: readonly ServerSource[];
}

const SOURCES = [pathServer, downloadServer, builtServer];

/**
 * Comes by a Temporal server that can be used at once: its namespace, retention and search attributes are there.
 *
 * A configured one (TEMPORAL_ADDRESS, a profile) wins and is left as it is; where nothing listens at the port of this
 * machine that TEMPORAL_ADDRESS names, one is started there. Else a development server is started on loopback: by `temporal` on the PATH, by the CLI that the SDK downloads, or as the official server built with Go.
 *
 * @example
 * const temporal = await startTemporal({ stateDir: '.phasegate', ui: false });
 * try { await work(temporal.address) } finally { await temporal.stop() }
 *
 * @throws PhasegateError: PG401 when a configured server does not answer; PG410 when the settings have faults; PG409 when a
 * wanted port is taken, or no way led to a server: then it says what was tried and what to install
 */
export async function startTemporal(options: StartTemporalOptions): Promise<TemporalServer> {
  const env = options.env ?? process.env;
  const log = options.log ?? ((line) => process.stderr.write(`${line}\n`));
  const settings = await loadTemporalSettings(options.settingsFile);
  const configured = options.ignoreConfigured ? undefined : configuredServer(env);
  const vacant = configured && (await vacantPort(configured));
  if (configured && vacant === undefined) return existingServer(configured, settings, log);
  const place = configured && vacant !== undefined ? { port: vacant, namespace: configured.namespace } : {};
  const context = await startContext({ ...options, ...place }, settings, env, log);
  const tried: string[] = [];
  for (const source of inOrder(options.sources ?? SOURCES, context)) {
    const attempt = await tryToStart(source, context);
    if (options.signal?.aborted) return gaveUp(attempt, options.signal);
    if ('server' in attempt) {
      log(`started ${source.title}: ${attempt.server.address}${webUiOf(attempt.server)}`);
      return attempt.server;
    }
    log(`not started with ${source.title}: ${firstLineOf(attempt.reason)}`);
    tried.push(`- ${source.title}: ${attempt.reason}\n  ${attempt.remedy}`);
  }
  throw cannotStart(
    `No Temporal server could be started. Tried in this order:\n${tried.join('\n')}`,
    'Any one of these is enough. Or start a server yourself and set TEMPORAL_ADDRESS=host:port.'
  );
}

async function startContext(
  options: StartTemporalOptions,
  settings: TemporalSettings,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void
): Promise<StartContext> {
  const port = options.port ?? fixed(settings.ports.grpc);
  const ui = options.ui ?? true;
  const uiPort = ui ? (options.uiPort ?? fixed(settings.ports.ui)) : undefined;
  if (port !== undefined) {
    await requireFreePort(port, 'the Temporal server');
  }
  if (uiPort !== undefined) {
    await requireFreePort(uiPort, 'the Temporal UI');
  }
  const stateDir = path.resolve(options.stateDir);
  await mkdir(stateDir, { recursive: true });
  const dbFile = options.dbFile === undefined ? settings.database : path.resolve(options.dbFile);
  if (dbFile !== undefined) {
    await mkdir(path.dirname(dbFile), { recursive: true });
  }
  return {
    settings,
    namespace: options.namespace ?? settings.namespace.name,
    port,
    uiPort,
    ui,
    dbFile,
    stateDir,
    env,
    log,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

async function gaveUp(attempt: Attempt, signal: AbortSignal): Promise<never> {
  if ('server' in attempt) await attempt.server.stop();
  throw signal.reason;
}

/** What an earlier start left in the cache comes before another download that may hang or fail again. */
function inOrder(sources: readonly ServerSource[], context: StartContext): ServerSource[] {
  const atHand = sources.filter((source) => source.isAtHand(context));
  return [...atHand, ...sources.filter((source) => !atHand.includes(source))];
}

/** What fails on one way must not close the next; the reason is kept for the case that all are closed. */
async function tryToStart(source: ServerSource, context: StartContext): Promise<Attempt> {
  try {
    return await source.start(context);
  } catch (error) {
    return { reason: reasonOf(error), remedy: 'Correct that, or use one of the other ways.' };
  }
}

function fixed(port: number | 'free'): number | undefined {
  return port === 'free' ? undefined : port;
}

function webUiOf({ uiUrl }: TemporalServer): string {
  return uiUrl === undefined ? '' : `, Web UI ${uiUrl}`;
}

function firstLineOf(reason: string): string {
  return reason.split('\n')[0] ?? reason;
}
