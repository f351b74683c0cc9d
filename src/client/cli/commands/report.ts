import { Command } from 'commander';
import { safeJson } from '../../render/clean.js';
import type { Run } from '../context.js';
import { jsonOption, outputOption, runArgument } from '../options.js';

export function reportCommand(run: Run): Command {
  return new Command('report')
    .description('write what happened in a run: outcome, timeline, numbers, decisions, undo, evidence')
    .argument('[run]', runArgument)
    .addOption(outputOption(['markdown', 'json']))
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  phasegate report last > report.md')
    .action(
      run<{ output: 'markdown' | 'json' }>(async (context, options, [reference]) => {
        const { reportMarkdown } = await import('../../report/markdown.js');
        const client = await context.connect();
        const ref = await client.resolveRun(reference);
        const report = await client.report(ref);
        if (report.noWorker !== undefined) context.note(report.noWorker);
        if (options.output === 'json') context.print(safeJson(report, 2));
        else context.io.out.write(reportMarkdown(report));
      })
    );
}
