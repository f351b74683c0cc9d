import { Command } from 'commander';
import { exitCodes, type ExitCode } from '../../plan/outcome.js';
import { alertCommand } from './commands/alert.js';
import { approveCommand } from './commands/approve.js';
import { attestCommand } from './commands/attest.js';
import { completionCommand } from './commands/completion.js';
import { dashboardCommand } from './commands/dashboard.js';
import { doctorCommand } from './commands/doctor.js';
import { helpCommand } from './commands/help.js';
import { incidentCommand } from './commands/incident.js';
import { initCommand } from './commands/init.js';
import { listCommand } from './commands/list.js';
import { pauseCommand } from './commands/pause.js';
import { planCommand } from './commands/plan.js';
import { receiveCommand } from './commands/receive.js';
import { rejectCommand } from './commands/reject.js';
import { renderCommand } from './commands/render.js';
import { reportCommand } from './commands/report.js';
import { resumeCommand } from './commands/resume.js';
import { retryCommand } from './commands/retry.js';
import { rollbackCommand } from './commands/rollback.js';
import { serverCommand } from './commands/server.js';
import { startCommand } from './commands/start.js';
import { statusCommand } from './commands/status.js';
import { takeoverCommand } from './commands/takeover.js';
import { validateCommand } from './commands/validate.js';
import { waiveCommand } from './commands/waive.js';
import { watchCommand } from './commands/watch.js';
import { workerCommand } from './commands/worker.js';
import { Context, type GlobalOptions, type Run } from './context.js';
import { inTime } from './in-time.js';
import type { Io } from './io.js';
import { asCalled } from './own-name.js';
import { packageVersion } from './package-folder.js';
import { usageError } from './usage-error.js';

const examples = `
Examples:
  phasegate plan plans/user-execution-context.yaml --env example-production --var revision=v1
  phasegate start plans/user-execution-context.yaml --env example-production --var revision=v1 --watch
  phasegate approve
  phasegate watch last

Who you are: --as NAME, else PHASEGATE_USER, else your name in the operating system.
Where the server is: TEMPORAL_* variables or a profile of the Temporal client configuration.
More: phasegate help TOPIC, with exit-codes, environment or plan`;

/** The command line: every verb, its options and its help. Nothing heavy is loaded before a verb runs. */
export function buildProgram(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command('phasegate')
    .description('Runs risky production migrations: phase by phase, gated, reversible, on Temporal.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .option('--as <name>', 'who you are, as the environment lists you')
    .option('--profile <name>', 'profile of the Temporal client configuration')
    .option('--address <host:port>', 'address of the Temporal server')
    .option('--namespace <name>', 'namespace of the Temporal server')
    .option('--timeout <time>', 'give up after this time, such as 90s or 2h; the run goes on')
    .option('--no-color', 'no colours')
    .option('--no-input', 'never ask; fail where a question would be needed')
    .addHelpText('after', examples)
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.out.write(asCalled(text, io.env)),
      writeErr: (text) => void io.err.write(asCalled(text, io.env)),
      // It is told as every other error, with its code.
      outputError: () => undefined,
    })
    .exitOverride(usageError('phasegate help'));

  const run: Run = (work) =>
    async function (this: Command, ...raw: unknown[]): Promise<void> {
      // Commander hands over the arguments as declared, then options and command.
      const args = raw.slice(0, -2).flat() as Array<string | undefined>;
      const context = new Context(io, this.optsWithGlobals<GlobalOptions>());
      try {
        done((await inTime(context, () => work(context, this.opts(), args))) ?? exitCodes.ok);
      } finally {
        await context.close();
      }
    };

  const commands = [
    initCommand(run),
    validateCommand(run),
    planCommand(run),
    startCommand(run),
    statusCommand(run),
    watchCommand(run),
    listCommand(run),
    approveCommand(run),
    rejectCommand(run),
    attestCommand(run),
    retryCommand(run),
    waiveCommand(run),
    pauseCommand(run),
    resumeCommand(run),
    rollbackCommand(run),
    takeoverCommand(run),
    incidentCommand(run),
    alertCommand(run),
    receiveCommand(run),
    reportCommand(run),
    dashboardCommand(run),
    renderCommand(run),
    workerCommand(run),
    serverCommand(run),
    doctorCommand(run),
    completionCommand(run, program),
    helpCommand(run, program),
  ];
  for (const command of commands) {
    settle(program, command, 'phasegate');
    program.addCommand(command);
  }
  return program;
}

/** Gives a command, and those below it, the settings of the one above. */
function settle(above: Command, command: Command, path: string): void {
  const name = `${path} ${command.name()}`;
  command.copyInheritedSettings(above).exitOverride(usageError(`${name} --help`));
  for (const below of command.commands) settle(command, below, name);
}
