import { Command } from 'commander';
import { exitCodes } from '../../../plan/outcome.js';
import { clean, safeJson } from '../../render/clean.js';
import type { Run } from '../context.js';
import { environmentOption, jsonOption, outputOption, planArgument, variableOption } from '../options.js';
import type { DocumentOptions } from '../documents.js';

interface Options extends DocumentOptions {
  output: 'table' | 'json';
}

export function validateCommand(run: Run): Command {
  return new Command('validate')
    .description('check a plan, alone or in an environment; shows all faults at once')
    .argument(...planArgument())
    .addOption(environmentOption())
    .addOption(variableOption())
    .addOption(outputOption(['table', 'json']))
    .addOption(jsonOption())
    .addHelpText('after', '\nExit codes: 0 no errors, 2 errors\nExample:\n  phasegate validate plans/x.yaml --env demo')
    .action(
      run<Options>(async (context, options, [plan = '']) => {
        const { findFaults } = await import('../documents.js');
        const faults = await findFaults(context, plan, options);
        const errors = faults.filter((fault) => fault.severity === 'error').length;
        if (options.output === 'json') {
          context.print(safeJson({ schemaVersion: 1, valid: errors === 0, faults }, 2));
        } else {
          const { renderFaults } = await import('../../../plan/loading/fault.js');
          if (faults.length > 0) context.note(clean(renderFaults(faults)));
          if (errors === 0) context.print(`${plan}: no errors`);
        }
        return errors === 0 ? exitCodes.ok : exitCodes.usage;
      })
    );
}
