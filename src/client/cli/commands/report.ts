import { Command, Option } from 'commander';
import { extname } from 'node:path';
import { PhasegateError } from '../../../plan/errors.js';
import { safeJson } from '../../render/clean.js';
import type { Report } from '../../report/build-report.js';
import type { Run } from '../context.js';
import { jsonOption, runArgument } from '../options.js';

const formats = { md: 'markdown', json: 'json', html: 'html' } as const;
type Short = keyof typeof formats;
type Format = (typeof formats)[Short];

interface Options {
  output?: Format;
  format?: Short;
  out?: string;
  force?: true;
}

export function reportCommand(run: Run): Command {
  return new Command('report')
    .description('write what happened in a run: outcome, timeline, numbers, decisions, undo, evidence')
    .argument('[run]', runArgument)
    .addOption(
      new Option('-o, --output <format>', 'how to write it; default: as the name of --out ends, else markdown').choices(
        Object.values(formats)
      )
    )
    .addOption(jsonOption())
    .addOption(new Option('--format <format>', 'the same in short').choices(Object.keys(formats)).conflicts('output'))
    .option('--out <file>', 'write it to a file, which must not be there yet')
    .option('--force', 'write the file anew when it is there')
    .addHelpText(
      'after',
      `
Examples:
  phasegate report last > report.md
  phasegate report last --out report.html   one page that needs nothing else: to read, to send, to print`
    )
    .action(
      run<Options>(async (context, options, [reference]) => {
        const { out, force = false } = options;
        const { refuseFile, writeReport } = await import('../../report/write-report.js');
        const format = formatOf(options);
        if (out !== undefined) refuseFile(out, force);
        else if (format === 'html' && context.io.out.isTTY)
          throw new PhasegateError('PG442', 'the report as HTML would fill this terminal with markup');
        const client = await context.connect();
        const ref = await client.resolveRun(reference);
        const report = await client.report(ref, { windows: format !== 'markdown' });
        if (report.noWorker !== undefined) context.note(report.noWorker);
        const text = await textOf(report, format);
        if (out === undefined) return void context.io.out.write(text);
        writeReport(out, text, force);
        context.print(`wrote ${out}`);
      })
    );
}

function formatOf({ output, format, out = '' }: Options): Format {
  const ending = extname(out).slice(1).toLowerCase();
  const short = format ?? (ending === 'json' || ending === 'html' ? ending : 'md');
  return output ?? formats[short];
}

async function textOf(report: Report, format: Format): Promise<string> {
  if (format === 'json') return `${safeJson(report, 2)}\n`;
  if (format === 'markdown') return (await import('../../report/markdown.js')).reportMarkdown(report);
  return (await import('../../report/html.js')).reportHtml(report);
}
