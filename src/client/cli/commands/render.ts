import { Command, InvalidArgumentError, Option } from 'commander';
import { join } from 'node:path';
import { clean } from '../../render/clean.js';
import type { Run } from '../context.js';
import type { DocumentOptions } from '../documents.js';
import { environmentOption, planArgument, variableOption } from '../options.js';

interface Options extends DocumentOptions {
  out: string;
  force?: true;
  revenue?: number;
  receiver?: string;
  token?: string;
}

export function renderCommand(run: Run): Command {
  return new Command('render')
    .description('write monitoring made of a plan: Prometheus rules and their tests, Alertmanager, Grafana, a runbook')
    .argument(...planArgument())
    .addOption(environmentOption())
    .addOption(variableOption())
    .requiredOption('--out <folder>', 'where to; files that phasegate wrote there are written anew')
    .option('--force', 'also write anew what phasegate did not write, or what was changed since')
    .addOption(
      new Option(
        '--revenue <dollars>',
        'yearly revenue that depends on what is migrated; without it no panel says what is at risk'
      ).argParser(dollars)
    )
    .option('--receiver <url>', 'where phasegate receive listens: Alertmanager tells the run there of what fires')
    .option(
      '--token <reference>',
      'secret of that receiver: ${file:path} as Alertmanager finds it, or ${env:NAME}; default ${env:PHASEGATE_RECEIVE_TOKEN}'
    )
    .addHelpText('after', '\nExample:\n  phasegate render plans/x.yaml --env example-production --out monitoring')
    .action(
      run<Options>(async (context, options, [plan = '']) => {
        const { out, force = false, revenue } = options;
        const [{ freezeForReading }, { runReceiverOf }, { renderedFiles, renderFiles }, { refuseForeign, writeAll }] =
          await Promise.all([
            import('../documents.js'),
            import('../../monitoring/alertmanager/run-receiver.js'),
            import('../../monitoring/render-files.js'),
            import('../../monitoring/write-files.js'),
          ]);
        const receiver = runReceiverOf(options);
        const frozen = await freezeForReading(context, plan, options);
        refuseForeign(out, renderedFiles, force);
        const { files, remarks } = await renderFiles(frozen, {
          ...(revenue === undefined ? {} : { revenue }),
          ...(receiver === undefined ? {} : { receiver }),
        });
        writeAll(out, files, force);
        for (const name of files.keys()) context.print(clean(`wrote ${join(out, name)}`));
        for (const remark of remarks) context.note(clean(`! ${remark}`));
      })
    );
}

function dollars(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Write whole dollars, like 500000.');
  return Number(text);
}
