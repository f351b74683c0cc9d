import { Command } from 'commander';
import { cleanDeep, safeJson } from '../../render/clean.js';
import type { Run } from '../context.js';
import type { DocumentOptions } from '../documents.js';
import { environmentOption, jsonOption, outputOption, planArgument, variableOption } from '../options.js';

interface Options extends DocumentOptions {
  output: 'table' | 'json' | 'name';
}

export function planCommand(run: Run): Command {
  return new Command('plan')
    .description('preview a run: what will happen and when, who must approve, what cannot be undone')
    .argument(...planArgument())
    .addOption(environmentOption())
    .addOption(variableOption())
    .addOption(outputOption(['table', 'json', 'name']))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\n-o name prints only the digest, for: phasegate start --digest\nExample:\n  phasegate plan plans/x.yaml --env demo --var revision=v2'
    )
    .action(
      run<Options>(async (context, options, [plan = '']) => {
        const [{ freezeDocuments }, { buildPreview }, { previewLines }] = await Promise.all([
          import('../documents.js'),
          import('../../preview/build-preview.js'),
          import('../../preview/preview-lines.js'),
        ]);
        const documents = await freezeDocuments(context, plan, options);
        const preview = buildPreview({
          ...documents,
          startedBy: context.caller.name ?? 'unknown',
          startAt: context.io.now(),
        });
        if (options.output === 'json') context.print(safeJson(preview, 2));
        else if (options.output === 'name') context.print(preview.digest);
        else context.print(...previewLines(cleanDeep(preview), context.paint, context.columns));
      })
    );
}
