import { Argument, Command } from 'commander';
import { exitCodes } from '../../../plan/outcome.js';
import type { Run } from '../context.js';

export function completionCommand(run: Run, program: Command): Command {
  return new Command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash']))
    .addHelpText('after', '\nExample:\n  source <(phasegate completion bash)      # or put that line into ~/.bashrc')
    .action(
      run<object>(async (context) => {
        const { bashCompletion } = await import('../completion.js');
        context.print(bashCompletion(program).trimEnd());
        return exitCodes.ok;
      })
    );
}
