import { Command } from 'commander';
import { PhasegateError } from '../../../plan/errors.js';
import type { Run } from '../context.js';
import { jsonOption, outputOption, reasonOption, runArgument } from '../options.js';

interface Options {
  reason?: string;
  yes?: boolean;
  output: 'table' | 'json';
}

export function takeoverCommand(run: Run): Command {
  return new Command('takeover')
    .description('say that an undo which keeps failing was done by hand, or accept what cannot be undone as it is')
    .argument('<entry>', 'id of the ledger entry, such as 1a/enable#1')
    .argument('[run]', runArgument)
    .addOption(reasonOption())
    .option('-y, --yes', 'do not ask')
    .addOption(outputOption(['table', 'json']))
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  phasegate takeover 1a/enable#1 --reason "switched off in the flag console"')
    .action(
      run<Options>(async (context, options, [entry = '', reference]) => {
        const { reason } = options;
        if (reason === undefined) {
          throw new PhasegateError('PG212', 'takeover needs a reason', {
            hint: 'Say what you did by hand, or why it may stay: --reason "…"',
          });
        }
        const [{ tellSent, whoLine }, { chooseGate }, { confirm }] = await Promise.all([
          import('../answer.js'),
          import('../gate-choice.js'),
          import('../ask.js'),
        ]);
        const chosen = await chooseGate(context, 'takeover', reference, { named: entry });
        const { gate } = chosen;
        context.note(`${gate.title}: ${gate.reason}`, whoLine(context, chosen));
        await confirm(
          context,
          gate.answers.includes('retry')
            ? `Say that ${gate.address} was undone by hand? phasegate will not try it again.`
            : `Accept ${gate.address} as it is? It cannot be undone.`,
          options.yes === true
        );
        const client = await context.connect();
        return tellSent(context, await client.takeover(gate, { by: context.me.name, reason }), options.output);
      })
    );
}
