import { Command } from 'commander';
import type { Run } from '../context.js';
import { jsonOption, outputOption, reasonOption, runArgument } from '../options.js';
import type { AckOptions, ListOptions } from '../alert.js';

export function alertCommand(run: Run): Command {
  return new Command('alert')
    .description('alerts: list those that are open, and acknowledge one')
    .addCommand(
      new Command('list')
        .description('list open alerts, newest first')
        .argument('[run]', `only of this run: ${runArgument.replace(/; left out.*$/, '')}`)
        .option('--closed', 'also those that are closed')
        .addOption(outputOption(['table', 'json', 'name']))
        .addOption(jsonOption())
        .addHelpText('after', '\nExample:\n  phasegate alert list last')
        .action(
          run<ListOptions>(async (context, options, [reference]) => {
            const { listAlerts } = await import('../alert.js');
            return listAlerts(context, options, reference);
          })
        )
    )
    .addCommand(
      new Command('ack')
        .description(
          'say that you take care of an alert: nobody is reminded or asked any more, unless it becomes worse'
        )
        .argument('[alert]', 'RUN/METRIC, a unique ending of it, or a workflow id; left out: the only open one')
        .addOption(reasonOption())
        .addOption(outputOption(['table', 'json']))
        .addOption(jsonOption())
        .addHelpText('after', '\nExample:\n  phasegate alert ack demo/user-execution-context/error_rate --as ola')
        .action(
          run<AckOptions>(async (context, options, [reference]) => {
            const { acknowledgeAlert } = await import('../alert.js');
            return acknowledgeAlert(context, options, reference);
          })
        )
    )
    .addHelpText('after', '\nExamples:\n  phasegate alert list\n  phasegate alert ack error_rate');
}
