import { Command } from 'commander';
import { exitCodes } from '../../../plan/outcome.js';
import type { Run } from '../context.js';

export function initCommand(run: Run): Command {
  return new Command('init')
    .description('write a plan and an environment to begin with; overwrites nothing')
    .argument('[folder]', 'where to; default: the current folder')
    .addHelpText('after', '\nExample:\n  phasegate init my-migration')
    .action(
      run<object>(async (context, _options, [folder = '.']) => {
        const { writeStarter } = await import('../../init/write-starter.js');
        const written = writeStarter(folder);
        for (const file of written) context.print(`wrote ${file}`);
        const [plan = '', environment = ''] = written;
        // Typed from here: npx finds phasegate where it is installed, and maybe in no other folder.
        context.note(`See what it would do: phasegate plan ${plan} --env ${environment} --var revision=v2 --as ann`);
        return exitCodes.ok;
      })
    );
}
