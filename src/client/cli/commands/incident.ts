import { Command, Option } from 'commander';
import type { DeclareOptions } from '../incident-declare.js';
import type { Run } from '../context.js';
import type { ResolveOptions } from '../incident-resolve.js';
import { confirmOption, jsonOption, outputOption, reasonOption, runArgument } from '../options.js';

interface Options {
  reason?: string;
  note?: string;
  link?: string;
  output: 'table' | 'json';
}

const address = 'incident/3, or 3';

/** Everything about incidents, a verb each. */
export function incidentCommand(run: Run): Command {
  const verb = (name: string, description: string): Command => new Command(name).description(description);
  const shown = (command: Command): Command =>
    command
      .argument('[run]', runArgument)
      .addOption(outputOption(['table', 'json']))
      .addOption(jsonOption());
  /** A verb that says something to one incident. */
  const saying = (command: Command, name: 'acknowledge' | 'assign' | 'note' | 'step' | 'postmortem'): Command =>
    shown(command).action(
      run<Options>(async (context, options, args) => {
        const { sayToIncident } = await import('../incident-say.js');
        return sayToIncident(context, name, args, options);
      })
    );
  const about = (name: string, description: string): Command => verb(name, description).argument('<incident>', address);

  return new Command('incident')
    .description('declare and lead incidents: the call, the war room, the resolution, the post-mortem')
    .addHelpText(
      'after',
      '\nExample:\n  phasegate incident declare --severity 2 --phase 1b --reason "tool calls time out"'
    )
    .addCommand(
      shown(verb('declare', 'declare an incident; severity 1 takes everything back at once'))
        .addOption(reasonOption())
        .addOption(new Option('--severity <severity>', 'how severe it is').choices(['1', '2', '3']))
        .option('--cause <id>', 'a cause of the plan, whose severity counts')
        .option('--phase <phase>', 'the phase whose component fails')
        .option('--customer', 'a customer escalated it')
        .option('-y, --yes', 'do not ask; not enough where everything is taken back')
        .addOption(confirmOption('confirm by the id of the environment that everything is taken back'))
        .action(
          run<DeclareOptions>(async (context, options, [reference]) => {
            const { declare } = await import('../incident-declare.js');
            return declare(context, options, reference);
          })
        )
    )
    .addCommand(
      shown(verb('list', 'incidents of a run, and those of earlier runs that are still open')).action(
        run<Options>(async (context, { output }, [reference]) => {
          const { listIncidents } = await import('../incident-show.js');
          return listIncidents(context, reference, output);
        })
      )
    )
    .addCommand(
      shown(about('show', 'everything about one incident')).action(
        run<Options>(async (context, { output }, [incident = '', reference]) => {
          const { showIncident } = await import('../incident-show.js');
          return showIncident(context, incident, reference, output);
        })
      )
    )
    .addCommand(saying(about('ack', 'say that you respond to it').addOption(reasonOption()), 'acknowledge'))
    .addCommand(
      saying(
        about('assign', 'give a role of the war room to a person')
          .argument('<role>', 'a role, by its id or title')
          .argument('<name>', 'who takes it'),
        'assign'
      )
    )
    .addCommand(saying(about('note', 'add a note to its timeline').argument('<text>', 'the note'), 'note'))
    .addCommand(
      saying(
        about('step', 'tick off a step of the procedure, or a task')
          .argument('<step>', 'id of the step or task')
          .option('--note <text>', 'what came of it'),
        'step'
      )
    )
    .addCommand(
      about('draft', 'print the draft of its post-mortem, as Markdown')
        .argument('[run]', runArgument)
        .action(
          run<object>(async (context, _options, [incident = '', reference]) => {
            const { printDraft } = await import('../incident-show.js');
            return printDraft(context, incident, reference);
          })
        )
    )
    .addCommand(
      shown(about('resolve', 'say that it is resolved; counts when the metrics say so too'))
        .addOption(reasonOption())
        .option('--no-watch', 'do not wait for what the metrics say')
        .action(
          run<ResolveOptions>(async (context, options, [incident = '', reference]) => {
            const { resolve } = await import('../incident-resolve.js');
            return resolve(context, options, incident, reference);
          })
        )
    )
    .addCommand(
      saying(
        about('postmortem', 'say that its post-mortem is done').option('--link <url>', 'where it stands'),
        'postmortem'
      )
    );
}
