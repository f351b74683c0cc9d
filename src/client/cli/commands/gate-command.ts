import { Command } from 'commander';
import type { Answer, AnswerOptions } from '../answer.js';
import type { Run } from '../context.js';
import { gateOption, jsonOption, outputOption, reasonOption, runArgument } from '../options.js';

/** A verb that answers one gate: the four of them differ only in what they say. */
export function gateCommand(run: Run, answer: Answer, description: string, example: string): Command {
  return new Command(answer)
    .description(description)
    .argument('[run]', runArgument)
    .addOption(gateOption())
    .addOption(reasonOption())
    .option('--digest <digest>', 'answer only if the gate is bound to this digest')
    .option('-y, --yes', 'do not ask')
    .addOption(outputOption(['table', 'json']))
    .addOption(jsonOption())
    .addHelpText('after', `\nExample:\n  ${example}`)
    .action(
      run<AnswerOptions>(async (context, options, [reference]) => {
        const { answerGate } = await import('../answer.js');
        return answerGate(context, answer, options, reference);
      })
    );
}
