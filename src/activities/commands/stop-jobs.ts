import type { Tools } from '../deps.js';
import { defaultGraceMs } from './command.js';
import { createJob, jobFiles, jobFolder, jobsOf, newRecord, readText, writeResult } from './job.js';
import type { JobResult } from './job.js';
import { withJob } from './job-lock.js';
import { inspectJob } from './job-state.js';
import { readOutput } from './output.js';
import { stopGroup } from './processes.js';

type StopTools = Pick<Tools, 'stateDir' | 'clock' | 'secrets'>;

/**
 * Calls a command off for good: if it runs, it is stopped; if it did not run yet, it never will, whichever attempt
 * still asks for it. An undo does this to the command that it undoes.
 *
 * @returns whether it was stopped in the middle
 */
export async function revokeCommand(scope: string, key: string, why: string, tools: StopTools): Promise<boolean> {
  const now = tools.clock.now();
  const folder = jobFolder(tools.stateDir, scope, key);
  const never = ended(now, `called off before it ran: ${why}`, now);
  return withJob(folder, tools.clock, async () => {
    if (await createJob(folder, newRecord(key, [], now, 0), never)) return false;
    return stopJob(folder, why, tools);
  });
}

/** Stops the commands of a scope that still run, except the one with this key: two at once would work against each other. */
export async function stopOthers(scope: string, key: string, why: string, tools: StopTools): Promise<void> {
  const ours = jobFolder(tools.stateDir, scope, key);
  for (const folder of await jobsOf(tools.stateDir, scope)) {
    // How a command ended stays as it is; and there may be many of them.
    const isOver = (await readText(jobFiles(folder).result)) !== undefined;
    if (folder !== ours && !isOver) await withJob(folder, tools.clock, () => stopJob(folder, why, tools));
  }
}

async function stopJob(folder: string, why: string, tools: StopTools): Promise<boolean> {
  const state = await inspectJob(folder);
  const files = jobFiles(folder);
  const now = tools.clock.now();
  if (state.kind === 'void') {
    await writeResult(files, ended(now, `called off before it ran: ${why}`, now));
  }
  if (state.kind !== 'running' && state.kind !== 'lost') return false;
  if (state.pid !== undefined && state.start !== undefined) await stopGroup(state.pid, state.start, defaultGraceMs);
  const output = { stdout: readOutput(files.stdout, tools.secrets), stderr: readOutput(files.stderr, tools.secrets) };
  const reason = `${state.record.argv[0]} was stopped: ${why}`;
  await writeResult(files, { ...ended(state.record.startedAt, reason, tools.clock.now()), ...output, ran: true });
  return state.kind === 'running';
}

function ended(startedAt: number, reason: string, endedAt: number): JobResult {
  return { verdict: 'HOLD', reason, stdout: '', stderr: '', startedAt, endedAt, ran: false };
}
