import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { isFreePort, startTemporal, type StartTemporalOptions, type TemporalServer } from '../dev-server/index.js';
import type { Context } from './context.js';

export interface ServerOptions {
  port?: number;
  uiPort?: number;
  /** False with `--no-ui`. */
  ui: boolean;
  db?: string;
  settings?: string;
  stateDir: string;
}

/** The port that clients try when nothing else is configured. */
const usualPort = 7233;

/** Runs a development server until Ctrl-C, or until it ends by itself. */
export async function runServer(context: Context, options: ServerOptions): Promise<ExitCode> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  context.timeUp.addEventListener('abort', interrupt, { once: true });
  if (context.timeUp.aborted) interrupt();
  const port = options.port ?? ((await isFreePort(usualPort)) ? usualPort : undefined);
  const server = await started(stop.signal, {
    stateDir: options.stateDir,
    ui: options.ui,
    env: context.io.env,
    log: (line) => context.note(line),
    ...(port === undefined ? {} : { port }),
    ...(options.uiPort === undefined ? {} : { uiPort: options.uiPort }),
    ...(options.db === undefined ? {} : { dbFile: options.db }),
    ...(options.settings === undefined ? {} : { settingsFile: options.settings }),
  });
  if (!server) return context.timeUp.aborted ? exitCodes.timeout : exitCodes.interrupted;
  try {
    context.print(server.address);
    context.note(...nextLines(server.address, server.uiUrl));
    if (!server.exited) return exitCodes.ok;
    const ended = await Promise.race([server.exited.then(() => true), aborted(stop.signal)]);
    if (ended)
      context.note(`the server has ended by itself${server.logFile === undefined ? '' : `; see ${server.logFile}`}`);
    if (ended) return exitCodes.unexpected;
    return context.timeUp.aborted ? exitCodes.timeout : exitCodes.ok;
  } finally {
    await server.stop();
  }
}

/** Undefined when it was interrupted: that is what was asked for, and no fault. */
async function started(signal: AbortSignal, options: StartTemporalOptions): Promise<TemporalServer | undefined> {
  try {
    return await startTemporal({ ...options, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function nextLines(address: string, uiUrl: string | undefined): string[] {
  return [
    ...(uiUrl === undefined ? [] : [`Web UI: ${uiUrl}`, `  export PHASEGATE_UI_URL=${uiUrl}`]),
    ...(address.endsWith(`:${usualPort}`) ? [] : ['In other terminals:', `  export TEMPORAL_ADDRESS=${address}`]),
    'Next: phasegate worker --env ENVIRONMENT. Ctrl-C stops the server.',
  ];
}

function aborted(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
}
