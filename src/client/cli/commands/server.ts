import { Command, Option } from 'commander';
import type { Run } from '../context.js';
import { portNumber } from '../options.js';
import type { ServerOptions } from '../server.js';

export function serverCommand(run: Run): Command {
  return new Command('server')
    .description('run a Temporal development server with its Web UI until Ctrl-C')
    .addOption(
      new Option('--port <port>', 'gRPC port; default: 7233, or a free one when it is taken').argParser(portNumber)
    )
    .addOption(
      new Option('--ui-port <port>', 'port of the Web UI; default: 8233, or a free one when it is taken').argParser(
        portNumber
      )
    )
    .option('--no-ui', 'without the Web UI')
    .option('--db <file>', 'keep runs in this SQLite file; default: what temporal-dev.yaml says')
    .option('--settings <file>', 'settings file; default: the temporal-dev.yaml of phasegate')
    .option('--state-dir <folder>', 'for generated configuration and logs', '.phasegate')
    .addHelpText('after', '\nExample:\n  phasegate server --db .phasegate/temporal.sqlite')
    .action(
      run<ServerOptions>(async (context, options) => {
        // One whose time is up is stopped, as on Ctrl-C.
        context.keepsTime = true;
        const { runServer } = await import('../server.js');
        return runServer(context, options);
      })
    );
}
