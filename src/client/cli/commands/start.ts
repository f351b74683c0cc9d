import { Command, Option } from 'commander';
import { exitCodes, type ExitCode } from '../../../plan/outcome.js';
import type { Run } from '../context.js';
import { progressOption } from '../options.js';
import type { StartOptions } from '../start.js';
import {
  confirmOption,
  environmentOption,
  jsonOption,
  outputOption,
  planArgument,
  variableOption,
} from '../options.js';

export function startCommand(run: Run): Command {
  return new Command('start')
    .description('start a run: shows the preview, asks, starts')
    .argument(...planArgument())
    .addOption(environmentOption())
    .addOption(variableOption())
    .option('-y, --yes', 'do not ask (not enough for production)')
    .addOption(confirmOption('confirm a start in production by its environment id'))
    .option('--digest <digest>', 'start only what has this digest, as "phasegate plan" printed it')
    .option('-w, --watch', 'follow the run to its end; exits with its outcome')
    .addOption(progressOption())
    .addOption(new Option('-q, --quiet', 'no preview'))
    .addOption(outputOption(['table', 'json', 'name']))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      "\nIn a pipe, stdout has the run's workflow id and nothing else.\nExample:\n  phasegate start plans/x.yaml --env demo --watch"
    )
    .action(
      run<StartOptions>(async (context, options, [plan = '']): Promise<ExitCode> => {
        const { start } = await import('../start.js');
        const started = await start(context, plan, options);
        if (!options.watch) return exitCodes.ok;
        const { follow } = await import('../follow.js');
        return follow(context, started, { progress: options.progress, stream: context.io.err, what: 'the run' });
      })
    );
}
