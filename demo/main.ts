import { once } from 'node:events';
import { dirname } from 'node:path';
import { exitCodes } from '../src/plan/outcome.js';
import { cleanUp } from './clean-up.js';
import { isInTheCode, phaseOf, setFaults } from './faults.js';
import { closeIncidents } from './incidents.js';
import { Keepsakes } from './keepsakes.js';
import { parseDemoOptions, usage, type DemoOptions } from './options.js';
import { playPeople, standing } from './people.js';
import { proof } from './proof.js';
import { startStack, type Stack } from './stack.js';

const plan = 'plans/user-execution-context.yaml';
const run = 'migration/demo/user-execution-context';
/** Exit codes that speak of the run; the others say why there is none. */
const outcomes: ReadonlySet<number> = new Set([
  exitCodes.ok,
  exitCodes.failed,
  exitCodes.rolledBackVerified,
  exitCodes.waiting,
  exitCodes.rolledBackNotVerified,
]);
const say = (line: string): void => void process.stderr.write(`demo: ${line}\n`);

/** Starts everything, runs the shipped plan as its people would, says what came of it, and stops what it started. */
async function demo(options: DemoOptions): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = (): void => {
    say('stopping…');
    interrupt.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const stack = await startStack(options, say, interrupt.signal).catch((error: unknown) => {
    if (interrupt.signal.aborted) return undefined;
    throw error;
  });
  if (!stack) {
    say('everything is stopped');
    return 130;
  }
  let end: End;
  try {
    end = await play(stack, options, interrupt.signal);
  } finally {
    await stack.stop();
    say(options.keep ? `kept: ${stack.stateDir}` : 'everything is stopped');
  }
  if (end.standing !== undefined) process.stderr.write(`${end.standing}\n`);
  return end.code;
}

/** The exit code of the run's watcher, and how the run stands, in words. */
interface End {
  code: number;
  standing?: string;
}

async function play(stack: Stack, options: DemoOptions, signal: AbortSignal): Promise<End> {
  const { fault } = options;
  if (fault) say(`fault: ${fault.name} in phase ${phaseOf(fault)}`);
  if (fault && isInTheCode(fault)) await setFaults(stack.platform, [fault]);
  if (options.interactive) explain(stack);
  const since = Date.now();
  const watching = stack.cli.inTerminal(
    ['start', plan, ...stack.target, '--as', 'dana', '--yes', '--watch'],
    stack.typed
  );
  const stopWatching = (): void => void watching.kill('SIGINT');
  signal.addEventListener('abort', stopWatching, { once: true });
  const ended = new AbortController();
  const people = playPeople(stack.cli, {
    run,
    platform: stack.platform,
    fault,
    interactive: options.interactive,
    since,
    signal: AbortSignal.any([signal, ended.signal]),
    // The run goes on without them.
    begun: () => stack.showDashboards(run).catch((error: unknown) => say(`no dashboards: ${reasonOf(error)}`)),
  }).catch((error: unknown) => {
    // Without its people the run would wait until its gates expire.
    stopWatching();
    return error;
  });
  const [code] = (await once(watching, 'exit')) as [number | null];
  ended.abort();
  const failed = await people;
  if (signal.aborted) return { code: 130 };
  if (failed !== undefined) throw failed;
  if (code === exitCodes.ok) {
    const { interactive } = options;
    await cleanUp(stack.cli, { run, flagsFile: stack.flagsFile, interactive, say, signal });
  }
  const kept = new Keepsakes(stack.cli, run);
  try {
    await closeIncidents(stack.cli, { run, told: stack.told, interactive: options.interactive, kept, say });
    for (const line of await proof(stack.platform)) say(line);
    if (code === null || !outcomes.has(code)) return { code: code ?? 1 };
    say(await kept.report());
  } finally {
    kept.end();
  }
  return { code, standing: await standing(stack.cli, run) };
}

function explain(stack: Stack): void {
  say('You give the answers: type what the view shows, in another terminal. For less to type, first:');
  say(`  export PATH=${dirname(stack.typed)}:$PATH`);
  say('  phasegate attest --all --answer done --as dana     (then as ola and priya)');
  say('  phasegate approve --as erin');
  if (stack.uiUrl) say(`Or in the Temporal UI: ${stack.uiUrl}`);
}

function readOptions(): DemoOptions | undefined {
  try {
    return parseDemoOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`demo: ${reasonOf(error)}\n\n${usage}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const options = readOptions();
if (options?.help) process.stdout.write(`${usage}\n`);
else if (options) {
  try {
    process.exitCode = await demo(options);
  } catch (error) {
    say(reasonOf(error));
    process.exitCode = 1;
  }
}
