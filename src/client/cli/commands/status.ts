import { Command } from 'commander';
import { exitCodes, type ExitCode } from '../../../plan/outcome.js';
import { safeJson } from '../../render/clean.js';
import type { Run } from '../context.js';
import { jsonOption, outputOption, runArgument } from '../options.js';

interface Options {
  output: 'table' | 'json' | 'name';
  exitStatus?: boolean;
}

export function statusCommand(run: Run): Command {
  return new Command('status')
    .description('show how a run stands and what it waits for')
    .argument('[run]', runArgument)
    .option('--exit-status', 'exit with the outcome, or 5 while people are awaited')
    .addOption(outputOption(['table', 'json', 'name']))
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  phasegate status --exit-status; echo $?')
    .action(
      run<Options>(async (context, options, [reference]): Promise<ExitCode> => {
        const [{ frame }, { finishingLines, outcomeLine, stateExitCode }] = await Promise.all([
          import('../../view/frame.js'),
          import('../../view/outcome-line.js'),
        ]);
        const client = await context.connect();
        const ref = await client.resolveRun(reference);
        const snapshot = await client.status(ref);
        if (options.output === 'json') context.print(safeJson(snapshot, 2));
        else if (options.output === 'name') context.print(ref.workflowId);
        else {
          const { paint, columns, ui, command } = context;
          const view = { paint, columns, now: context.io.now(), ui, command };
          const lines = frame(snapshot, view).map((line) => line.text);
          const last = [...finishingLines(snapshot), outcomeLine(snapshot)];
          context.print(...lines, '', ...last.map((line) => context.asCalled(line)));
        }
        return options.exitStatus ? stateExitCode(snapshot) : exitCodes.ok;
      })
    );
}
