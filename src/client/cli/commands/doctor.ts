import { Command } from 'commander';
import { exitCodes, type ExitCode } from '../../../plan/outcome.js';
import { safeJson } from '../../render/clean.js';
import type { Run } from '../context.js';
import { environmentOption, jsonOption, outputOption, variableOption } from '../options.js';

interface Options {
  env?: string;
  var: Record<string, string>;
  output: 'table' | 'json';
}

export function doctorCommand(run: Run): Command {
  return new Command('doctor')
    .description('check this machine, the Temporal server, the workers and an environment; each line with its remedy')
    .addOption(environmentOption())
    .addOption(variableOption())
    .addOption(outputOption(['table', 'json']))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing failed, 8 Temporal is unreachable (whatever else failed), 10 something else failed\nExample:\n  phasegate doctor --env demo'
    )
    .action(
      run<Options>(async (context, options): Promise<ExitCode> => {
        const [{ examine }, { findingLines }] = await Promise.all([
          import('../../doctor/examine.js'),
          import('../../doctor/finding.js'),
        ]);
        const { environmentFile } = await import('../documents.js');
        const { findings, unreachable } = await examine({
          connection: context.options,
          env: context.io.env,
          me: context.caller,
          vars: options.var,
          ...(options.env === undefined ? {} : { environment: environmentFile(options.env) }),
        });
        if (options.output === 'json') context.print(safeJson({ schemaVersion: 1, findings }, 2));
        else context.print(...findingLines(findings, context.paint).map((line) => context.asCalled(line)));
        if (unreachable) return exitCodes.unreachable;
        return findings.some((finding) => finding.state === 'fail') ? exitCodes.foundTrouble : exitCodes.ok;
      })
    );
}
