import { Command, InvalidArgumentError, Option } from 'commander';
import type { Run } from '../context.js';
import { environmentOption, variableOption } from '../options.js';

interface Options {
  env?: string;
  var: Record<string, string>;
  workflows: boolean;
  workdir?: string;
  evidenceDir?: string;
  healthHost?: string;
  healthPort?: number;
  sdkMetrics?: string;
  promote?: boolean;
  windowSlots?: number;
}

export function workerCommand(run: Run): Command {
  return new Command('worker')
    .description('run a worker until Ctrl-C: workflows, and the activities of an environment')
    .addOption(environmentOption())
    .addOption(variableOption())
    .option('--no-workflows', 'activities only, for a worker inside a production network')
    .option('--workdir <folder>', 'where relative paths of the environment start; default: here')
    .option('--evidence-dir <folder>', 'where evidence is kept; default: the state folder of the user')
    .addOption(
      new Option(
        '--health-host <host>',
        'address on which the health and metrics endpoint listens; default: 127.0.0.1'
      ).argParser(named)
    )
    .addOption(
      new Option('--health-port <port>', 'port of the health and metrics endpoint; default: a free one').argParser(port)
    )
    .option('--sdk-metrics <host:port>', 'also serve the metrics of the Temporal SDK there')
    .option('--promote', 'make this build current although another one is')
    .addOption(new Option('--window-slots <count>', 'how many windows may run at once').argParser(whole))
    .addHelpText(
      'after',
      '\nCtrl-C (or SIGTERM) stops it in order, exit code 0; a second one ends it at once, exit code 130.\nExample:\n  phasegate worker --env demo'
    )
    .action(
      run<Options>(async (context, options) => {
        // One whose time is up hands its windows over, as on Ctrl-C.
        context.keepsTime = true;
        const { runWorkerFor } = await import('../worker.js');
        const { env, var: vars, ...rest } = options;
        const { profile, address, namespace } = context.options;
        return runWorkerFor(context, env, vars, { ...rest, profile, address, namespace });
      })
    );
}

function port(text: string): number {
  const number = whole(text);
  if (number > 65_535) throw new InvalidArgumentError('A port is a whole number up to 65535.');
  return number;
}

/** Node takes an empty host, as an unset variable leaves it, for all addresses of the machine. */
function named(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Name an address of this machine, such as 127.0.0.1.');
  return text;
}

function whole(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}
