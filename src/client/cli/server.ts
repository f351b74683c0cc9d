import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { isFreePort, startTemporal, type StartTemporalOptions, type TemporalServer } from '../dev-server/index.js';
import type { Context } from './context.js';
import { aborted } from './aborted.js';
import { twoSignals } from './two-signals.js';

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
/** Where the Web UI of a development server is, whoever starts it. */
const usualUiPort = 8233;

/** Runs a development server until Ctrl-C, or until it ends by itself. */
export async function runServer(context: Context, options: ServerOptions): Promise<ExitCode> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  // Whatever becomes of this process, a watchdog ends the server.
  twoSignals(interrupt, () => context.note('ended at once; the server follows'));
  context.timeUp.addEventListener('abort', interrupt, { once: true });
  if (context.timeUp.aborted) interrupt();
  const port = options.port ?? (await usual(usualPort));
  const uiPort = options.ui ? (options.uiPort ?? (await usual(usualUiPort))) : undefined;
  const server = await started(stop.signal, {
    stateDir: options.stateDir,
    ui: options.ui,
    // Who names a port wants a server there, whatever is configured.
    ignoreConfigured: options.port !== undefined,
    env: context.io.env,
    log: (line) => context.note(line),
    ...(port === undefined ? {} : { port }),
    ...(uiPort === undefined ? {} : { uiPort }),
    ...(options.db === undefined ? {} : { dbFile: options.db }),
    ...(options.settings === undefined ? {} : { settingsFile: options.settings }),
  });
  if (!server) return context.timeUp.aborted ? exitCodes.timeout : exitCodes.interrupted;
  try {
    context.print(server.address);
    context.note(
      ...serverLines(server, {
        ...(port === undefined ? {} : { port }),
        ...(uiPort === undefined ? {} : { uiPort }),
      })
    );
    if (!server.exited) return exitCodes.ok;
    const ended = await Promise.race([server.exited.then(() => true), aborted(stop.signal).then(() => false)]);
    if (ended)
      context.note(`the server has ended by itself${server.logFile === undefined ? '' : `; see ${server.logFile}`}`);
    if (ended) return exitCodes.unexpected;
    return context.timeUp.aborted ? exitCodes.timeout : exitCodes.ok;
  } finally {
    await server.stop();
  }
}

/** The port where everybody looks, or undefined when it is taken: then any free one will do. */
async function usual(port: number): Promise<number | undefined> {
  return (await isFreePort(port)) ? port : undefined;
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

/** Where the server and its Web UI are, why not where everybody looks, and what to type next. */
export function serverLines(
  { address, uiUrl, how }: Pick<TemporalServer, 'address' | 'uiUrl' | 'how'>,
  wanted: Pick<ServerOptions, 'port' | 'uiPort'>
): string[] {
  const usually = address.endsWith(`:${usualPort}`);
  const started = how !== 'existing';
  const instead = (port: number): string => ` (port ${port} was taken)`;
  const ui = started && wanted.uiPort === undefined && !uiUrl?.endsWith(`:${usualUiPort}`) ? instead(usualUiPort) : '';
  const grpc = started && wanted.port === undefined && !usually ? instead(usualPort) : '';
  return [
    `Temporal: ${address}${grpc}`,
    ...(uiUrl === undefined ? [] : [`Web UI:   ${uiUrl}${ui}`]),
    'In other terminals:',
    ...(usually ? [] : [`  export TEMPORAL_ADDRESS=${address}`]),
    ...(uiUrl === undefined ? [] : [`  export PHASEGATE_UI_URL=${uiUrl}`]),
    '  phasegate worker --env ENVIRONMENT',
    'Ctrl-C stops the server.',
  ];
}
