import { Command } from 'commander';
import { exitCodes } from '../../../plan/outcome.js';
import type { Run } from '../context.js';

export function initCommand(run: Run): Command {
  return new Command('init')
    .description('write a plan and an environment to begin with; overwrites nothing')
    .argument('[folder]', 'where to; default: the current folder')
    .addHelpText('after', '\nExample:\n  phasegate init my-migration && cd my-migration')
    .action(
      run<object>(async (context, _options, [folder = '.']) => {
        const { writeStarter } = await import('../../init/write-starter.js');
        const written = writeStarter(folder);
        for (const file of written) context.print(`wrote ${file}`);
        const there = folder === '.' ? '' : `cd ${folder} && `;
        context.note(
          `See what it would do: ${there}phasegate plan plans/first.yaml --env local --var revision=v2 --as ann`
        );
        return exitCodes.ok;
      })
    );
}
