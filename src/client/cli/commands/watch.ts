import { Command } from 'commander';
import type { Run } from '../context.js';
import type { Progress } from '../follow.js';
import { progressOption, runArgument } from '../options.js';

export function watchCommand(run: Run): Command {
  return new Command('watch')
    .description('follow a run to its end; exits with its outcome')
    .argument('[run]', runArgument)
    .addOption(progressOption())
    .addHelpText('after', '\nCtrl-C leaves and the run goes on (exit code 130).\nExit codes: phasegate help exit-codes')
    .action(
      run<{ progress: Progress }>(async (context, options, [reference]) => {
        const { follow } = await import('../follow.js');
        const client = await context.connect();
        const ref = await client.resolveRun(reference);
        return follow(context, ref, { progress: options.progress, stream: context.io.out, what: 'the run' });
      })
    );
}
