import { Command, Option } from 'commander';
import type { Run } from '../context.js';
import type { DashboardOptions } from '../dashboard.js';
import { portNumber, runArgument } from '../options.js';

export function dashboardCommand(run: Run): Command {
  return new Command('dashboard')
    .description('serve three live dashboards of a run until Ctrl-C: executive, engineering, operations')
    .argument('[run]', runArgument)
    .addOption(
      new Option('--port <port>', 'port of the pages; default: 8234, or a free one when it is taken').argParser(
        portNumber
      )
    )
    .option('--host <host>', 'address to listen on; others than loopback need a token', '127.0.0.1')
    .addOption(
      new Option('--name <name>', 'a name under which browsers reach it, such as that of a proxy; may be repeated')
        .argParser((text, before: string[]) => [...before, text])
        .default([], 'none')
    )
    .option('--token-env <name>', 'environment variable with the token that the pages ask for')
    .addHelpText(
      'after',
      `
It only reads. What it shows stays between this process and the browsers that ask it.
Examples:
  phasegate dashboard last
  phasegate dashboard last --host 0.0.0.0 --token-env DASHBOARD_TOKEN
  phasegate dashboard last --name wall.example.org --token-env DASHBOARD_TOKEN   # behind a proxy on this machine`
    )
    .action(
      run<DashboardOptions>(async (context, options, [reference]) => {
        // One whose time is up is stopped, as on Ctrl-C.
        context.keepsTime = true;
        const { runDashboard } = await import('../dashboard.js');
        return runDashboard(context, reference, options);
      })
    );
}
