import { once } from 'node:events';
import { isInTheCode, phaseOf, setFaults } from './faults.js';
import { parseDemoOptions, usage, type DemoOptions } from './options.js';
import { playPeople } from './people.js';
import { proof } from './proof.js';
import { startStack, type Stack } from './stack.js';

const plan = 'plans/user-execution-context.yaml';
const run = 'migration/demo/user-execution-context';
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
  try {
    return await play(stack, options, interrupt.signal);
  } finally {
    await stack.stop();
    say(options.keep ? `kept: ${stack.stateDir}` : 'everything is stopped');
  }
}

async function play(stack: Stack, options: DemoOptions, signal: AbortSignal): Promise<number> {
  const { fault } = options;
  if (fault) say(`fault: ${fault.name} in phase ${phaseOf(fault)}`);
  if (fault && isInTheCode(fault)) await setFaults(stack.platform, [fault]);
  const watching = stack.cli.inTerminal(['start', plan, ...stack.target, '--as', 'dana', '--yes', '--watch']);
  const stopWatching = (): void => void watching.kill('SIGINT');
  signal.addEventListener('abort', stopWatching, { once: true });
  if (options.interactive) explain(stack);
  const ended = new AbortController();
  const people = playPeople(stack.cli, {
    run,
    platform: stack.platform,
    fault,
    interactive: options.interactive,
    signal: AbortSignal.any([signal, ended.signal]),
  });
  const [code] = (await once(watching, 'exit')) as [number | null];
  ended.abort();
  await people;
  if (signal.aborted) return 130;
  for (const line of await proof(stack.platform)) say(line);
  return code ?? 1;
}

function explain(stack: Stack): void {
  const address = `TEMPORAL_ADDRESS=${stack.cli.address}`;
  say('You give the answers. In another terminal, in this folder:');
  say(`  export ${address}`);
  say('  node bin/phasegate.js attest --all --answer done --as dana     (then as ola and priya)');
  say('  node bin/phasegate.js approve --as erin');
  if (stack.uiUrl) say(`or in the Temporal UI: ${stack.uiUrl}`);
}

try {
  const options = parseDemoOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(`${usage}\n`);
  else process.exitCode = await demo(options);
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof Error && error.message.startsWith('--')) process.stderr.write(`\n${usage}\n`);
  process.exitCode = error instanceof Error && error.message.startsWith('--') ? 2 : 1;
}
