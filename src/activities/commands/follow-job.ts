import type { Tools } from '../deps.js';
import type { Scope } from '../scope.js';
import { tellBegun } from './begun.js';
import { defaultGraceMs } from './command.js';
import type { CommandRequest } from './command.js';
import { judgeExit } from './exit-code.js';
import { discardJob, jobFiles, readText, writeResult } from './job.js';
import type { JobFiles, JobRecord, JobResult } from './job.js';
import { isOfThisStart, withJob } from './job-lock.js';
import { inspectClaimed, takeClaim } from './job-state.js';
import type { JobState } from './job-state.js';
import { lastLines, readOutput, trimOutput } from './output.js';
import { stopGroup } from './processes.js';

const heartbeatMs = 2_000;
const pollMs = 100;

export interface Follow {
  folder: string;
  record: JobRecord;
  request: CommandRequest;
  tools: Tools;
  scope: Scope;
  /** Of the wrapper, when it is a child of this process: why it could not be started, or undefined. */
  ended?: Promise<string | undefined>;
}

/**
 * Waits for a command to end, whoever started it, with a heartbeat every 2 seconds; stops it at its time limit and on
 * cancellation.
 *
 * @returns undefined when the job is gone, was called off, or left no exit code: the caller looks again
 */
export async function followJob(follow: Follow): Promise<JobResult | undefined> {
  const { record, request, tools, scope } = follow;
  const files = jobFiles(follow.folder);
  const deadline = record.startedAt + record.timeoutMs;
  // The server hears of one heartbeat in two seconds: that of a short look must not keep back what comes behind it.
  let heartbeatAt = request.job.reuse === 'none' ? tools.clock.now() + heartbeatMs : 0;
  const wrapper = watch(follow.ended, scope.signal);
  for (;;) {
    const over = wrapper.ended();
    const state = await inspectClaimed(files, record);
    if (state.kind === 'exited') return conclude(follow, files, exitOutcome(request, state.code, files, tools));
    if (state.kind === 'unclaimed') {
      if ((await readText(files.record)) === undefined) return undefined;
      if (over !== undefined) return notBegun(follow, files, over.problem ?? 'the system shell ended at once');
    } else if (state.kind === 'lost') {
      return (await readText(files.result)) === undefined ? killed(follow, files, state) : undefined;
    } else if (state.kind !== 'running') return undefined;
    const cancelled = scope.signal.aborted;
    // Another attempt is to come: it adopts the command.
    if (cancelled && (await scope.handedOver())) return scope.cancelled;
    const now = tools.clock.now();
    if (cancelled || now >= deadline) {
      // Another attempt has begun it anew: that one has its own time.
      if (!(await isOfThisStart(files, record))) return undefined;
      const why = cancelled ? 'was stopped because the step was cancelled' : tooLong(record);
      const result = await stop(follow, files, state, why);
      // It began at this very moment, so there is something to stop now.
      if (result === undefined) continue;
      return cancelled ? scope.cancelled : result;
    }
    if (now >= heartbeatAt) {
      tellBegun(scope, request, record);
      trimOutput(files.stdout);
      trimOutput(files.stderr);
      heartbeatAt = now + heartbeatMs;
    }
    await wrapper.wait(Math.min(pollMs, deadline - now));
  }
}

function tooLong({ timeoutMs }: JobRecord): string {
  return `did not end within ${timeoutMs / 1000} s and was stopped`;
}

/** Undefined when the wrapper began between our look and our call: then nothing was stopped. */
async function stop(follow: Follow, files: JobFiles, state: JobState, what: string): Promise<JobResult | undefined> {
  if (state.kind === 'unclaimed' && !(await takeClaim(files))) return undefined;
  if (state.kind === 'running') await stopGroup(state.pid, state.start, follow.request.graceMs ?? defaultGraceMs);
  const reason = withLastLine(`${follow.request.argv[0]} ${what}`, files, follow.tools);
  return conclude(follow, files, { verdict: 'HOLD', reason }, state.kind === 'running');
}

/** It was there when we began to wait, and its wrapper, too, was ended from outside: by an operator, or for its memory. */
async function killed(
  follow: Follow,
  files: JobFiles,
  { pid, start }: Extract<JobState, { kind: 'lost' }>
): Promise<JobResult> {
  const { argv, graceMs = defaultGraceMs } = follow.request;
  // Where only the wrapper was killed, its command goes on with nobody to hear how it ends.
  if (pid !== undefined && start !== undefined) await stopGroup(pid, start, graceMs);
  const reason = withLastLine(`${argv[0]} was killed from outside`, files, follow.tools);
  return conclude(follow, files, { verdict: 'HOLD', reason });
}

async function notBegun(follow: Follow, files: JobFiles, problem: string): Promise<JobResult | undefined> {
  return withJob(files.folder, follow.tools.clock, async () => {
    if (!(await isOfThisStart(files, follow.record)) || !(await takeClaim(files))) return undefined;
    const reason = `${follow.request.argv[0]} could not be started: ${problem}`;
    const result = resultOf(follow, files, { verdict: 'HOLD', reason }, false);
    // Nothing ran, so there is nothing to remember: the next attempt may start it.
    await discardJob(files.folder);
    return result;
  });
}

type Outcome = Pick<JobResult, 'verdict' | 'reason' | 'exitCode'>;

function exitOutcome(request: CommandRequest, code: number, files: JobFiles, tools: Tools): Outcome {
  const { verdict, meaning } = judgeExit(code);
  const reason = `${request.argv.join(' ').slice(0, 120)} ${meaning}`;
  return { verdict, exitCode: code, reason: verdict === 'PASS' ? reason : withLastLine(reason, files, tools) };
}

/** Errors are usually the last line of stderr, or of stdout when nothing was written there. */
function withLastLine(reason: string, files: JobFiles, tools: Tools): string {
  const text = lastLines(readOutput(files.stderr, tools.secrets)) || lastLines(readOutput(files.stdout, tools.secrets));
  const line = text.slice(text.lastIndexOf('\n') + 1).slice(0, 300);
  return line === '' ? reason : `${reason}: ${line}`;
}

async function conclude(follow: Follow, files: JobFiles, outcome: Outcome, ran = true): Promise<JobResult> {
  const result = resultOf(follow, files, outcome, ran);
  return withJob(files.folder, follow.tools.clock, async () => {
    // Another attempt has told the end already, and may have begun it anew since.
    if (!(await isOfThisStart(files, follow.record))) return result;
    if (follow.request.job.reuse !== 'none') return writeResult(files, result);
    await discardJob(files.folder);
    return result;
  });
}

function resultOf({ record, tools }: Follow, files: JobFiles, outcome: Outcome, ran: boolean): JobResult {
  const { secrets, clock } = tools;
  return {
    ...outcome,
    reason: secrets.scrub(outcome.reason),
    stdout: readOutput(files.stdout, secrets),
    stderr: readOutput(files.stderr, secrets),
    startedAt: record.startedAt,
    endedAt: clock.now(),
    ran,
  };
}

interface Watch {
  /** Set once the wrapper, a child of this process, has ended. */
  ended(): { problem: string | undefined } | undefined;
  /** Resolves after `ms`, on cancellation, or when the wrapper ends, whichever comes first. */
  wait(ms: number): Promise<void>;
}

function watch(wrapper: Promise<string | undefined> | undefined, signal: AbortSignal): Watch {
  let end: { problem: string | undefined } | undefined;
  let wake = (): void => undefined;
  signal.addEventListener('abort', () => wake(), { once: true });
  void wrapper?.then((problem) => {
    end = { problem };
    wake();
  });
  return {
    ended: () => end,
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
