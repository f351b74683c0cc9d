import { Command, Option } from 'commander';
import type { Run } from '../context.js';
import { confirmOption, jsonOption, outputOption, progressOption, reasonOption, runArgument } from '../options.js';
import type { RollbackOptions } from '../rollback.js';

export function rollbackCommand(run: Run): Command {
  return new Command('rollback')
    .alias('abort')
    .description('undo everything that a run changed, newest phase first, and verify it; also after it has ended')
    .argument('[run]', runArgument)
    .option('--phase <phase>', 'only the phase under way, or that of an incident with those that depend on it')
    .addOption(reasonOption())
    .addOption(confirmOption('confirm by the id of the environment; --yes is not enough'))
    .addOption(new Option('-y, --yes', 'is not enough for a rollback').hideHelp())
    .option('--no-watch', 'do not follow it to its end')
    .addOption(progressOption())
    .addOption(outputOption(['table', 'json']))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExits with the outcome: 4 rolled back and verified, 9 not verified or incomplete.\nExample:\n  phasegate rollback last --reason "customers report errors"'
    )
    .action(
      run<RollbackOptions>(async (context, options, [reference]) => {
        const { rollback } = await import('../rollback.js');
        return rollback(context, options, reference);
      })
    );
}
