import { Command } from 'commander';
import type { Run } from '../context.js';
import { jsonOption, outputOption, reasonOption, runArgument } from '../options.js';

interface Options {
  reason?: string;
  output: 'table' | 'json';
}

/** A verb that says something to a whole run and asks nothing back. */
export function runCommand(run: Run, verb: 'pause' | 'resume', description: string, example: string): Command {
  return new Command(verb)
    .description(description)
    .argument('[run]', runArgument)
    .addOption(reasonOption())
    .addOption(outputOption(['table', 'json']))
    .addOption(jsonOption())
    .addHelpText('after', `\nExample:\n  ${example}`)
    .action(
      run<Options>(async (context, { reason, output }, [reference]) => {
        const { tellSent } = await import('../answer.js');
        const client = await context.connect();
        const ref = await client.resolveRun(reference);
        context.note(`${verb}: ${ref.workflowId}, as ${context.me.name}…`);
        const sent = await client[verb](ref, { by: context.me.name, reason });
        return tellSent(context, sent, output);
      })
    );
}
