import { Command } from 'commander';
import { PhasegateError } from '../../../plan/errors.js';
import type { Run } from '../context.js';
import { helpTopics } from '../help-topics.js';

export function helpCommand(run: Run, program: Command): Command {
  return new Command('help')
    .description('help on a command or a topic: exit-codes, environment, plan')
    .argument('[topic]')
    .action(
      run<object>(async (context, _options, [topic]) => {
        if (topic === undefined) {
          context.print(program.helpInformation());
          return;
        }
        const text = helpTopics[topic];
        const command = program.commands.find((one) => one.name() === topic || one.aliases().includes(topic));
        if (text !== undefined && topic !== 'plan') context.print(text());
        else if (command) context.print(command.helpInformation(), ...(text ? [text()] : []));
        else {
          const names = [...Object.keys(helpTopics), ...program.commands.map((one) => one.name())];
          throw new PhasegateError('PG407', `there is no help on "${topic}"`, {
            hint: `There is help on: ${names.join(', ')}`,
          });
        }
      })
    );
}
