import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { messageOf } from '../fail.js';
import type { JobFiles } from './job.js';

/**
 * The wrapper around every command. It takes the claim first (exclusive creation, `set -C`): who finds it taken runs
 * nothing. Output and exit code go to files, so that they outlive the worker. It catches TERM, so that it lives to
 * write down the exit code of a command that ends in an orderly way. The argv arrives as `"$@"`: nothing in it is
 * read by the shell, and its first element is an absolute path, so it names no shell builtin.
 */
const wrapper = `
set -C
claim=$1 exit_file=$2
shift 2
if [ -r /proc/$$/stat ]; then read -r start < /proc/$$/stat; else start=$(ps -o lstart= -p $$); fi
{ echo "$$ $start" > "$claim"; } 2> /dev/null || exit 0
trap : TERM INT HUP
"$@"
echo "$?" > "$exit_file"
`;

export interface Launch {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
}

/**
 * Starts the wrapper in a process group of its own, which outlives this process. Resolves when the wrapper has ended.
 *
 * @returns why the system could not start it; undefined when it could
 */
export function launch(files: JobFiles, command: Launch): Promise<string | undefined> {
  const stdout = openSync(files.stdout, 'a', 0o600);
  const stderr = openSync(files.stderr, 'a', 0o600);
  try {
    const child = spawn('/bin/sh', ['-c', wrapper, 'phasegate', files.claim, files.exit, ...command.argv], {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: ['ignore', stdout, stderr],
    });
    child.unref();
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', () => resolve(undefined));
    });
  } catch (error) {
    // Too many or forbidden arguments are thrown at once, everything else arrives as an event.
    return Promise.resolve(messageOf(error));
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}
