import { Command, InvalidArgumentError, Option } from 'commander';
import type { Run } from '../context.js';
import type { ReceiveOptions } from '../receive.js';

export function receiveCommand(run: Run): Command {
  return new Command('receive')
    .description('hear alerts of Alertmanager and acknowledgements in PagerDuty, until Ctrl-C')
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .addOption(new Option('--port <port>', 'where to listen; 0 takes a free one').argParser(port).default(9095))
    .option(
      '--token <reference>',
      'secret that every request must have: ${env:NAME} or ${file:path}',
      '${env:PHASEGATE_RECEIVE_TOKEN}'
    )
    .option('--pagerduty-secret <reference>', 'secret of the PagerDuty webhook, by which its requests are signed')
    .option('--plan <id>', 'plan of alerts that have no label phasegate_plan')
    .option('-e, --env <id>', 'environment of alerts that have no label phasegate_environment')
    .addHelpText('after', '\nExample:\n  PHASEGATE_RECEIVE_TOKEN=… phasegate receive --env production --plan checkout')
    .action(
      run<ReceiveOptions>(async (context, options) => {
        // One whose time is up is stopped, as on Ctrl-C.
        context.keepsTime = true;
        const { receive } = await import('../receive.js');
        return receive(context, options);
      })
    );
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > 65_535) throw new InvalidArgumentError('Write a port from 0 to 65535.');
  return number;
}
