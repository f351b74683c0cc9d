import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { boardIds } from '../dashboard/document.js';
import { Following } from '../dashboard/following.js';
import { Look, type RunReader } from '../dashboard/look.js';
import { readAssets } from '../dashboard/serve/assets.js';
import { serveDashboard } from '../dashboard/serve/server.js';
import { Streams } from '../dashboard/serve/streams.js';
import { Door, requiredToken } from '../dashboard/serve/token.js';
import type { PhasegateClient } from '../phasegate-client.js';
import type { RunRef } from '../read/snapshot.js';
import { runName } from '../../plan/text/command-lines.js';
import { aborted } from './aborted.js';
import type { Context } from './context.js';
import { packageFolder } from './package-folder.js';
import { explain } from './report-error.js';
import { paintOn } from './io.js';
import { twoSignals } from './two-signals.js';

export interface DashboardOptions {
  port?: number;
  host: string;
  name: string[];
  tokenEnv?: string;
}

/** Beside the Temporal UI. */
const usualPort = 8234;
const everyMs = 2_000;

/** Serves the dashboards of a run until Ctrl-C; also of one that has ended. */
export async function runDashboard(
  context: Context,
  reference: string | undefined,
  { port, host, name: names, tokenEnv }: DashboardOptions
): Promise<ExitCode> {
  const { io } = context;
  const token = requiredToken({ host, names }, tokenEnv, io.env);
  const assets = readAssets(packageFolder());
  const client = await context.connect();
  const run = await client.resolveRun(reference);
  const look = new Following({
    run,
    resolve: () => client.resolveRun(reference),
    open: (shown) =>
      new Look({ reader: readerOf(client, shown), place: { env: io.env, workdir: process.cwd() }, now: io.now }),
    moved: ({ workflowId }) => context.note(`A newer run is shown: ${runName(workflowId)}`),
  });
  let told = '';
  const failed = (error: unknown): void => {
    const lines = explain(error, paintOn(io, io.err, !context.options.color), io.env).lines;
    // The same trouble again and again is told once.
    if (lines.join() !== told) context.note(...lines);
    told = lines.join();
  };
  const streams = new Streams({ look, everyMs, now: io.now, asCalled: (text) => context.asCalled(text), failed });
  const ports = port === undefined ? [usualPort, 0] : [port];
  const server = await serveDashboard({ host, names, ports, door: new Door(token), assets, streams });
  const stop = new AbortController();
  twoSignals(
    () => stop.abort(),
    () => undefined
  );
  context.print(server.url);
  context.note(
    `Dashboards of ${runName(run.workflowId)}: ${boardIds.map((board) => `${server.url}/${board}`).join('  ')}`,
    ...(token === undefined ? [] : [`Who opens one is asked for the token that is in ${tokenEnv ?? ''}.`]),
    'Ctrl-C stops the pages; the run goes on.'
  );
  await aborted(AbortSignal.any([stop.signal, context.timeUp]));
  await server.close();
  return context.timeUp.aborted ? exitCodes.timeout : exitCodes.ok;
}

function readerOf(client: PhasegateClient, run: RunRef): RunReader {
  return {
    ...client.readerOf(run),
    async windows() {
      const { windows = [] } = await client.report(run, { windows: true });
      return windows
        .flatMap((window) => ('criteria' in window ? window.criteria : []))
        .map(({ metric, points }) => ({
          metric,
          points: points.flatMap(({ at, value }) => (value === undefined ? [] : [{ at, value }])),
        }));
    },
  };
}
