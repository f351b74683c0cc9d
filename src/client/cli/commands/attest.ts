import { Command, Option } from 'commander';
import type { AttestOptions } from '../attest.js';
import type { Run } from '../context.js';
import { jsonOption, outputOption, reasonOption, runArgument } from '../options.js';

export function attestCommand(run: Run): Command {
  return new Command('attest')
    .description('answer a checklist item: done, not-applicable or failed; without an item lists what waits for you')
    .argument('[item]', 'address of the item, such as 1a/team-assembled; left out: lists the open items')
    .argument('[run]', runArgument)
    .addOption(new Option('--answer <answer>', 'your answer').choices(['done', 'not-applicable', 'failed']))
    .option('--evidence <text>', 'a link or a note')
    .option('--evidence-file <path>', 'a file whose digest and name are the evidence; it stays where it is')
    .addOption(reasonOption())
    .option('--all', 'every open item that you may answer; then the only argument is the run')
    .option('-y, --yes', 'do not ask')
    .addOption(outputOption(['table', 'json']))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  phasegate attest\n  phasegate attest 1a/team-assembled --answer done --evidence "all five on the call"\n  phasegate attest --all --answer done'
    )
    .action(
      run<AttestOptions>(async (context, options, args) => {
        const { attest } = await import('../attest.js');
        return attest(context, args, options);
      })
    );
}
