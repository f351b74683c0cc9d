import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { PhasegateClient } from '../src/client/phasegate-client.js';
import type { PhaseStatus } from '../src/plan/run-status.js';
import type { Cli } from './cli.js';

export interface CleanUp {
  run: string;
  /** The flagd file of the platform. */
  flagsFile: string;
  interactive: boolean;
  say: (line: string) => void;
  signal: AbortSignal;
}

/** What the demo's people try when a flag cannot be removed yet. */
const mostAnswers = 5;

/**
 * What is left to do when the run has completed, in compressed time: each owner answers for their tasks with a
 * `phasegate attest --all` of their own, and the flags of the migration leave the flag file.
 */
export async function cleanUp(cli: Cli, { run, flagsFile, interactive, say, signal }: CleanUp): Promise<void> {
  const client = await PhasegateClient.connect({ env: cli.env });
  try {
    const ref = await client.resolveRun(run);
    const look = async (): Promise<PhaseStatus | undefined> => (await client.status(ref, 'open')).cleanup;
    let status = await look();
    if (!status) return;
    say(`what is left to do: ${status.sentence}`);
    if (interactive)
      say(`  phasegate attest --all ${run} --answer done --evidence "seen" --as NAME     (Ctrl-C ends it)`);
    for (let answers = 0; status && status.endedAt === undefined && !signal.aborted; status = await look()) {
      const owners = [...new Set(status.gates.flatMap(({ people }) => people.slice(0, 1)))];
      if (!interactive && owners.length > 0 && status.state === 'waiting' && answers < mostAnswers) {
        answers += 1;
        for (const owner of owners) await answer(cli, run, owner);
      }
      await delay(500, undefined, { signal }).catch(() => undefined);
    }
    if (status) for (const line of told(status, flagsFile)) say(line);
  } finally {
    await client.close();
  }
}

async function answer(cli: Cli, run: string, owner: string): Promise<void> {
  const words = ['attest', '--all', run, '--answer', 'done', '--evidence', 'seen in the demo', '--as', owner, '--yes'];
  const { code, stderr } = await cli.run(words);
  if (code !== 0) process.stderr.write(`demo: ${owner} could not answer for the clean-up: ${stderr}\n`);
}

function told({ sentence, steps }: PhaseStatus, flagsFile: string): string[] {
  const removals = steps.filter(({ kind }) => kind === 'remove-flags').map(({ reason }) => `  ${reason ?? 'not done'}`);
  const { flags } = JSON.parse(readFileSync(flagsFile, 'utf8')) as { flags: object };
  return [sentence, ...removals, `flags left in the flag file: ${Object.keys(flags).join(', ') || 'none'}`];
}
