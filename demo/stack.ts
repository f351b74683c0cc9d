import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startTemporal, tempFolder } from '../src/client/dev-server/index.js';
import { binary, Cli, root } from './cli.js';
import type { DemoOptions } from './options.js';
import { freePorts, LOOPBACK, spawnServer } from './servers/processes.js';
import { startPrometheus } from './servers/prometheus.js';
import { startReceivers, type Told } from './servers/receivers.js';
import { writeTyped } from './typed.js';

const flagKeys = [
  'ENABLE_AGENT_EXECUTION_CORE_MIGRATION',
  'ENABLE_WORKFLOW_ORCHESTRATOR_MIGRATION',
  'ENABLE_TOOL_DISPATCHER_MIGRATION',
  'ENABLE_WEBSOCKET_EXECUTOR_MIGRATION',
];

/** Everything that a demo runs on. */
export interface Stack {
  cli: Cli;
  /** How `phasegate` is typed in another terminal. */
  typed: string;
  platform: string;
  flagsFile: string;
  stateDir: string;
  uiUrl: string | undefined;
  /** Options of `plan` and `start`: the environment and its variables. */
  target: string[];
  /** Serves the run's dashboards where it was said; they need a run that is there. */
  showDashboards(run: string): Promise<void>;
  /** What PagerDuty, Slack and the mail server would have been sent. */
  told: readonly Told[];
  stop(): Promise<void>;
}

/** Starts Temporal, the platform, Prometheus and a worker, each a process of its own, on loopback and free ports. */
export async function startStack(
  options: DemoOptions,
  say: (line: string) => void,
  signal: AbortSignal
): Promise<Stack> {
  // What is to be kept must not lie where the next demo clears up.
  const stateDir = options.keep ? mkdtempSync(join(tmpdir(), 'phasegate-demo-')) : tempFolder('demo');
  const stops: Array<() => Promise<unknown>> = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) {
      // One server that will not stop must not keep the others running.
      await end().catch((error: unknown) =>
        say(`not stopped: ${error instanceof Error ? error.message : String(error)}`)
      );
    }
    if (!options.keep) rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    const temporal = await startTemporal({
      stateDir: join(stateDir, 'temporal'),
      log: say,
      signal,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.uiPort === undefined ? {} : { uiPort: options.uiPort }),
    });
    stops.push(() => temporal.stop());
    signal.throwIfAborted();

    const flagsFile = join(stateDir, 'flags.json');
    writeFileSync(flagsFile, `${JSON.stringify(initialFlags(), undefined, 2)}\n`);
    const platform = await startPlatform(stateDir, flagsFile);
    stops.push(() => platform.stop());
    signal.throwIfAborted();
    say(`chat platform: ${platform.url}`);

    const prometheus = options.endpoint
      ? undefined
      : await startPrometheus({
          targets: [{ job: 'chat', url: `${platform.url}/metrics` }],
          stateDir: join(stateDir, 'prometheus'),
          log: say,
        });
    if (prometheus) {
      stops.push(() => prometheus.stop());
      await scraped(prometheus.url, signal);
      say(`Prometheus: ${prometheus.url}`);
    } else say("metrics: read directly from the platform's endpoint, which has no memory");

    const receivers = await startReceivers();
    stops.push(() => receivers.stop());
    say(
      `PagerDuty, Slack and mail: stand-ins that deliver nowhere (${receivers.vars.pagerduty}, ${receivers.vars.smtp})`
    );

    const stateHome = join(stateDir, 'state');
    mkdirSync(stateHome);
    const there = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      XDG_STATE_HOME: stateHome,
      PAGERDUTY_ROUTING_KEY: 'demo',
      ...(temporal.uiUrl === undefined ? {} : { PHASEGATE_UI_URL: temporal.uiUrl }),
    };
    const cli = new Cli({ ...process.env, ...there });
    const typed = writeTyped(stateDir, binary, there);
    const target = [
      '--env',
      'environments/demo.yaml',
      '--var',
      `platform=${platform.url}`,
      '--var',
      `flags-file=${flagsFile}`,
    ];
    target.push(...(prometheus ? ['--var', `prometheus=${prometheus.url}`] : ['--var', 'metrics-provider=endpoint']));
    target.push('--var', 'revision=user-execution-context-1');
    for (const [name, value] of Object.entries(receivers.vars)) target.push('--var', `${name}=${value}`);
    // A person at the keyboard needs longer than the demo's own people to answer.
    if (options.interactive) target.push('--var', 'people-minimum=10m');
    const command = cli.process(['worker', '--env', 'demo', '--workdir', root]);
    const worker = await spawnServer({
      name: 'phasegate worker',
      ...command,
      cwd: root,
      logFile: join(stateDir, 'worker.log'),
      ready: { line: /worker ready/ },
    });
    stops.push(() => worker.stop());
    signal.throwIfAborted();
    say(`worker: process ${worker.pid}, log ${worker.logFile}`);
    if (temporal.uiUrl) say(`Temporal UI: ${temporal.uiUrl}`);
    const [port] = await freePorts(1);
    say(`dashboards, as soon as the run is there: http://${LOOPBACK}:${port}`);
    const showDashboards = async (run: string): Promise<void> => {
      const pages = await spawnServer({
        name: 'dashboards',
        ...cli.process(['dashboard', run, '--port', String(port)]),
        cwd: root,
        logFile: join(stateDir, 'dashboards.log'),
        ready: { line: /^http:/m },
      });
      stops.push(() => pages.stop());
    };
    const { told } = receivers;
    const { uiUrl } = temporal;
    return { cli, typed, platform: platform.url, flagsFile, stateDir, uiUrl, target, told, showDashboards, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Prometheus takes seconds after its start before it scrapes at all; a baseline before that would find nothing. */
async function scraped(url: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const response = await fetch(`${url}/api/v1/query?query=count(up==1)`, { signal });
    const { data } = (await response.json()) as { data?: { result?: unknown[] } };
    if ((data?.result?.length ?? 0) > 0) return;
    await delay(100, undefined, { signal });
  }
  throw new Error(`Prometheus at ${url} has not read the platform's metrics within 30 s`);
}

async function startPlatform(stateDir: string, flagsFile: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const main = fileURLToPath(new URL('./platform/main.js', import.meta.url));
  const server = await spawnServer({
    name: 'chat platform',
    command: process.execPath,
    args: [main, '--port', '0', '--flags', flagsFile, '--state-dir', join(stateDir, 'platform')],
    logFile: join(stateDir, 'platform.log'),
    ready: { line: /"url":"(?<url>[^"]+)"/ },
  });
  const url = server.readyMatch?.groups?.url;
  if (!url) throw new Error(`the platform did not say where it is: see ${server.logFile}`);
  return { url, stop: () => server.stop() };
}

function initialFlags(): object {
  const off = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
  return {
    $schema: 'https://flagd.dev/schema/v0/flags.json',
    flags: Object.fromEntries(flagKeys.map((key) => [key, off])),
  };
}
