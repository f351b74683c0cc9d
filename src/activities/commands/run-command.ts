import { statSync } from 'node:fs';
import { allowsProgram } from '../../plan/rules/programs.js';
import type { Tools } from '../deps.js';
import type { Scope } from '../scope.js';
import { begunElsewhere, tellBegun } from './begun.js';
import { defaultGraceMs } from './command.js';
import type { CommandRequest, CommandResult } from './command.js';
import { followJob, type Follow } from './follow-job.js';
import { createJob, discardJob, jobFiles, jobFolder, newRecord } from './job.js';
import { withJob } from './job-lock.js';
import { inspectJob } from './job-state.js';
import type { JobState } from './job-state.js';
import { launch } from './launch.js';
import { stopGroup } from './processes.js';
import { commandPath, findProgram, refuseArgv } from './program.js';

/**
 * Runs an argv without a shell, in a process group of its own, at most once per key: a command whose worker died is
 * found by its files and adopted; one whose end nobody knows runs again only when it is repeatable, else it is HOLD.
 * Never throws for what the command does: that is in the verdict.
 *
 * @throws CancelledFailure when the activity is cancelled; the command is stopped, or left running for the next
 *   attempt when one is to come; PG320 (worth a retry) when another attempt keeps the command for 10 seconds
 */
export async function runCommand(request: CommandRequest, tools: Tools, scope: Scope): Promise<CommandResult> {
  const { job } = request;
  const folder = jobFolder(tools.stateDir, job.scope, job.key);
  for (;;) {
    const next = await withJob(folder, tools.clock, () => nextOf(folder, request, tools, scope));
    if (next === 'cancelled') return scope.cancelled;
    if ('known' in next) return next.known;
    const result = await followJob({ folder, ...next.follow, request, tools, scope });
    if (result !== undefined) return { ...result, how: next.how };
  }
}

/** What there is to do about a command: to tell what is known of it, or to follow the one that runs. */
type Next =
  { known: CommandResult } | { follow: Pick<Follow, 'record' | 'ended'>; how: 'started' | 'adopted' } | 'cancelled';

/** Finds the command of an earlier attempt, or begins it; nobody else does either meanwhile. */
async function nextOf(folder: string, request: CommandRequest, tools: Tools, scope: Scope): Promise<Next> {
  const { job } = request;
  const state = await inspectJob(folder);
  const earlier = state.kind === 'none' ? undefined : await adopt(state, folder, request, tools);
  if (earlier !== undefined) return earlier;
  if (scope.signal.aborted) return 'cancelled';
  // Files of it that are here say more than heartbeats: by them it may begin.
  const since = state.kind === 'none' ? begunElsewhere(scope, job.key) : undefined;
  if (since !== undefined && !job.repeatable) {
    return { known: unknown(request, 'an earlier attempt began it on another machine', tools, since) };
  }
  // Only now: what runs already, or has run, is told of as it is, whatever may be started today.
  const program = startable(request);
  if (!program.found) return { known: notStarted(request, program.reason, tools) };
  const argv = [program.path, ...request.argv.slice(1)];
  const record = newRecord(job.key, request.argv, tools.clock.now(), request.timeoutMs);
  // A worker of an earlier build knows no lock.
  if (!(await createJob(folder, record))) return nextOf(folder, request, tools, scope);
  // Before it does anything: a machine that finds no files of it must not begin it again.
  if (job.reuse !== 'none') tellBegun(scope, request, record);
  const ended = launch(jobFiles(folder), { argv, cwd: request.cwd, env: request.env });
  return { follow: { record, ended }, how: 'started' };
}

/** What there is to do about a command that an earlier attempt started; undefined when it is forgotten, and may run. */
async function adopt(
  state: Exclude<JobState, { kind: 'none' }>,
  folder: string,
  request: CommandRequest,
  tools: Tools
): Promise<Next | undefined> {
  const { reuse, repeatable } = request.job;
  switch (state.kind) {
    case 'finished':
      if (reuse === 'any' || (reuse === 'passed' && state.result.verdict === 'PASS')) {
        return { known: { ...state.result, how: 'recorded' } };
      }
      break;
    case 'unclaimed':
    case 'void':
      break;
    case 'exited':
    case 'running':
      return { follow: { record: state.record }, how: 'adopted' };
    case 'lost':
      // What it left running would work against the next run of it.
      if (state.pid !== undefined && state.start !== undefined) {
        await stopGroup(state.pid, state.start, request.graceMs ?? defaultGraceMs);
      }
      if (repeatable) break;
      return { known: unknown(request, 'its worker and it ended without a result', tools, state.record.startedAt) };
    case 'elsewhere':
      return { known: unknown(request, `it was started on host ${state.record.host}`, tools, state.record.startedAt) };
  }
  await discardJob(folder);
  return undefined;
}

function startable(request: CommandRequest): ReturnType<typeof findProgram> {
  const refusal = refuseArgv(request.argv);
  if (refusal !== undefined) return { found: false, reason: refusal };
  const [program = ''] = request.argv;
  // The list is part of the run's own input: it guards against a mistake and a plan that changed since its start was
  // checked, not against who starts workflows without our client, and writes the list too.
  if (!allowsProgram(request.allow ?? [], program)) {
    const allowed = request.allow?.join(', ') || 'none';
    return {
      found: false,
      reason: `PG116 the environment does not allow it (allowed: ${allowed}); name it under commands.allow`,
    };
  }
  if (statSync(request.cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return { found: false, reason: `the folder ${request.cwd} to run in does not exist` };
  }
  return findProgram(program, request.cwd, request.env['PATH'] ?? commandPath());
}

function notStarted(request: CommandRequest, why: string, tools: Tools): CommandResult {
  const now = tools.clock.now();
  const reason = `${request.argv[0] ?? 'command'} could not be started: ${why}`;
  return { verdict: 'HOLD', reason, stdout: '', stderr: '', startedAt: now, endedAt: now, ran: false, how: 'started' };
}

function unknown(request: CommandRequest, why: string, tools: Tools, startedAt: number): CommandResult {
  const reason = `nobody knows whether ${request.argv[0]} did its work: ${why}, and it is not declared repeatable`;
  const endedAt = tools.clock.now();
  return { verdict: 'HOLD', reason, stdout: '', stderr: '', startedAt, endedAt, ran: true, how: 'adopted' };
}
