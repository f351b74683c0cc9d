import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { DeployTarget, Environment } from '../../plan/model.js';
import type { Judged } from '../changes/target.js';
import {
  commandEnv,
  fillArgv,
  forgetCommand,
  hasControl,
  hasPassed,
  lastLines,
  revokeCommand,
  runCommand,
  stopOthers,
  wasBegun,
} from '../commands/index.js';
import type { CommandRequest, CommandResult } from '../commands/index.js';
import type { Tools } from '../deps.js';
import { fail } from '../fail.js';
import type { Trace } from '../flags/index.js';
import { runOf } from '../scope.js';
import type { Scope } from '../scope.js';
import type { DeployCall, Deployer } from './deployer.js';

/** A deploy target that is read, moved and put back by commands: `read` prints the revision, `{{revision}}` is filled in. */
export function createCommandDeployer(
  name: string,
  target: DeployTarget,
  environment: Environment,
  tools: Tools,
  scope: Scope,
  trace: Trace
): Deployer {
  const jobs = `${environment.id}/deploy/${name}`;
  const run = async (
    argv: string[],
    origin: { step: string; attempt: number; key: string },
    job: CommandRequest['job']
  ): Promise<CommandResult> => {
    const result = await runCommand(
      {
        argv,
        allow: environment.commands.allow,
        cwd: resolve(tools.workdir, environment.commands.cwd),
        env: commandEnv(environment, [], { run: runOf(scope), ...origin }, tools),
        timeoutMs: target.timeout.ms,
        job,
      },
      tools,
      scope
    );
    trace({ command: argv, key: job.key, ...result });
    return result;
  };
  const move = async (argv: string[], call: DeployCall, reuse: 'any' | 'passed'): Promise<Judged> => {
    const unfit = refuseRevision(argv, call.revision);
    if (unfit !== undefined) return { verdict: 'HOLD', reason: unfit };
    const { step, attempt, key, repeatable } = call;
    await stopOthers(jobs, key, `${step}#${attempt} moves ${name} now`, tools);
    const origin = { step, attempt, key: call.idempotencyKey };
    const filled = fillArgv(argv, 'revision', call.revision);
    const { verdict, reason } = await run(filled, origin, { scope: jobs, key, repeatable, reuse });
    return { verdict, reason };
  };
  return {
    async read() {
      const key = randomUUID();
      const job = { scope: `${jobs}/read`, key, repeatable: true, reuse: 'none' } as const;
      const result = await run(target.read, { step: `read/${name}`, attempt: 1, key }, job);
      const problem = result.verdict === 'PASS' ? unreadable(result.stdout) : result.reason;
      if (problem === undefined) return result.stdout.trim();
      throw fail(result.ran ? 'PG318' : 'PG307', `the revision of ${name} cannot be read: ${problem}`, {
        where: target.read.join(' '),
        hint: 'Run the read command of the deploy target by hand where the worker runs.',
        retryable: true,
      });
    },
    applyWasBegun: (key) => wasBegun(jobs, key, tools, scope),
    apply: (call) => move(target.apply, call, 'any'),
    revokeApply: (key, why) => revokeCommand(jobs, key, why, tools),
    undoHasPassed: (key) => hasPassed(jobs, key, tools),
    async undo(call, anew) {
      if (anew) await forgetCommand(jobs, call.key, tools);
      return move(target.undo, call, 'passed');
    },
  };
}

function unreadable(stdout: string): string | undefined {
  const revision = stdout.trim();
  if (revision === '') return 'it printed nothing';
  if (revision.length <= 200 && !hasControl(revision)) return undefined;
  return `it printed more than one short line: ${lastLines(revision, 200)}`;
}

/** A revision is data: it must not become an option of the command. */
function refuseRevision(argv: readonly string[], revision: string): string | undefined {
  if (hasControl(revision)) return `the revision ${JSON.stringify(revision)} has a control character`;
  if (!revision.startsWith('-') || !argv.includes('{{revision}}')) return undefined;
  return `the revision ${revision} begins with "-", which the command would take for an option`;
}
